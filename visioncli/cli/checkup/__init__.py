"""What `vision doctor` looks at: a file of checks for each part of the surroundings."""
