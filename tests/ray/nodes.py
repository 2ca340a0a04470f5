"""A cluster of several nodes on this machine, in a process of its own: python -m tests.ray.nodes N

stdout: its address, then a line for each node, the head first: the PID of its raylet. Ends when its
stdin does.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

QUICK = {  # a node that was killed is missed within seconds
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 1000,
    "health_check_timeout_ms": 1000,
    "health_check_failure_threshold": 3,
}


def main(count: int) -> None:
    import ray
    from ray.cluster_utils import Cluster

    ray.init  # noqa: B018 - loaded
    logging.disable(logging.CRITICAL)
    each: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 100 << 20}
    cluster = Cluster()
    nodes = [
        cluster.add_node(
            **each, **({"_system_config": QUICK, "include_dashboard": False} if not n else {})
        )
        for n in range(count)
    ]
    print(cluster.address, flush=True)  # noqa: T201
    for node in nodes:
        (raylet,) = node.all_processes["raylet"]
        print(raylet.process.pid, flush=True)  # noqa: T201
    sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
