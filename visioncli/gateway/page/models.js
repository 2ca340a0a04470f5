// The list of models, those that see first.
import { name } from "./words.js";

const GROUPS = [
  [true, "See pictures", "", "This model sees pictures."],
  [null, "Not known", " (not known whether it sees)", "It is not known whether this model sees pictures."],
  [false, "Do not see pictures", " (does not see pictures)", "This model does not see pictures."],
];

export function fill(select, models) {
  const before = select.value;
  select.replaceChildren();
  for (const [sees, label, mark] of GROUPS) {
    const group = document.createElement("optgroup");
    group.label = label;
    for (const model of models.filter((one) => one.sees === sees)) {
      const option = document.createElement("option");
      option.value = model.name;
      option.textContent = name(model.name) + mark;
      option.dataset.sees = String(sees);
      group.append(option);
    }
    if (group.children.length) select.append(group);
  }
  if (models.some((model) => model.name === before)) select.value = before;
}

export function note(select) {
  const sees = select.selectedOptions[0]?.dataset.sees;
  return GROUPS.find(([value]) => String(value) === sees)?.[3] ?? "";
}
