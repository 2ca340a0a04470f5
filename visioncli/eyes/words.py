"""The names these eyes know, and how English writes them."""

from __future__ import annotations


def words_of(text: str) -> tuple[str, ...]:
    """'traffic light, stop sign' -> its words."""
    return tuple(text.split(", "))


COCO = words_of(
    "person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire "
    "hydrant, stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, "
    "bear, zebra, giraffe, backpack, umbrella, handbag, tie, suitcase, frisbee, skis, "
    "snowboard, sports ball, kite, baseball bat, baseball glove, skateboard, surfboard, tennis "
    "racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, "
    "orange, broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, "
    "dining table, toilet, tv, laptop, mouse, remote, keyboard, cell phone, microwave, oven, "
    "toaster, sink, refrigerator, book, clock, vase, scissors, teddy bear, hair drier, "
    "toothbrush"
)  # in the order of the data set
# The detector was trained with COCO's own ids 1..90, of which ten were never used.
UNUSED_IDS = (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)
COCO_BY_SPARSE_ID: dict[int, str] = dict(
    zip((i for i in range(1, 91) if i not in UNUSED_IDS), COCO, strict=True)
)

ANIMALS = frozenset(words_of("bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe"))
GROUPS: dict[str, frozenset[str]] = {
    "animal": ANIMALS,
    "vehicle": frozenset(words_of("bicycle, car, motorcycle, airplane, bus, train, truck, boat")),
    "fruit": frozenset(("banana", "apple", "orange")),
    "food": frozenset(
        words_of("banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake")
    ),
    "furniture": frozenset(("chair", "couch", "bed", "dining table", "bench")),
    "object": frozenset(COCO),
    "thing": frozenset(COCO),
    "item": frozenset(COCO),
}  # a word that stands for several names; animal, vehicle … are WordNet's words too

PEOPLE = frozenset(
    words_of("person, people, persons, human, humans, someone, somebody, anyone, anybody, everyone")
)
# People, but what sets them apart is not judged here.
GENDERED = frozenset(
    words_of(
        "man, men, woman, women, boy, boys, girl, girls, child, children, kid, kids, "
        "baby, babies, lady, ladies, guy, guys, male, males, female, females, adult, "
        "adults, face, faces"
    )
)
SYNONYMS: dict[str, str] = dict.fromkeys(PEOPLE | GENDERED, "person") | {
    "bike": "bicycle",
    "motorbike": "motorcycle",
    "plane": "airplane",
    "aeroplane": "airplane",
    "aircraft": "airplane",
    "automobile": "car",
    "lorry": "truck",
    "ship": "boat",
    "mug": "cup",
    "teacup": "cup",
    "coffee cup": "cup",
    "table": "dining table",
    "sofa": "couch",
    "phone": "cell phone",
    "smartphone": "cell phone",
    "mobile phone": "cell phone",
    "telephone": "cell phone",
    "television": "tv",
    "tv set": "tv",
    "monitor": "tv",
    "computer mouse": "mouse",
    "remote control": "remote",
    "fridge": "refrigerator",
    "houseplant": "potted plant",
    "kitten": "cat",
    "puppy": "dog",
    "pony": "horse",
    "lamb": "sheep",
    "necktie": "tie",
    "ball": "sports ball",
    "rucksack": "backpack",
    "purse": "handbag",
    "doughnut": "donut",
    "hairdryer": "hair drier",
    "hair dryer": "hair drier",
    "racket": "tennis racket",
    "ski": "skis",
}  # everyday word -> COCO name

# WordNet parents too general to be worth saying.
DULL = frozenset(
    words_of(
        "entity, physical entity, object, whole, artifact, instrumentality, matter, "
        "substance, organism, living thing, thing, part, relation, abstraction, "
        "conveyance, structure, covering, device, chordate, vertebrate, placental, "
        "equipment, container, unit, article, ware, good, commodity, consumer goods, "
        "fluid, liquid, causal agent, nutriment, implement, creation, product, attribute, "
        "mechanism, facility, psychological feature, solid, food, garment part, machine, "
        "natural object, geological formation, wheeled vehicle, self-propelled vehicle, "
        "way, passage, medium, communication, body part, external body part, group, "
        "system, being, construction, transport, consumer durables, durables, place, "
        "surface, source, means, agent, body"
    )
)
# Words with two meanings, of which the classifier may know the other one.
AMBIGUOUS = frozenset(("mouse", "orange", "tie", "remote", "bat", "bowl", "kite", "bed", "oven"))

PLURALS = {
    "person": "people",
    "bus": "buses",
    "knife": "knives",
    "sheep": "sheep",
    "skis": "skis",
    "scissors": "scissors",
    "toothbrush": "toothbrushes",
    "wine glass": "wine glasses",
    "couch": "couches",
    "bench": "benches",
    "sandwich": "sandwiches",
    "food": "food",
    "fruit": "fruit",
    "furniture": "furniture",
    "broccoli": "broccoli",
    "fish": "fish",
    "mouse": "mice",
}
SINGULARS = {many: one for one, many in PLURALS.items()} | {
    "men": "man",
    "women": "woman",
    "children": "child",
    "geese": "goose",
    "wolves": "wolf",
    "leaves": "leaf",
    "glasses": "glasses",
    "persons": "person",
}


def plural(word: str) -> str:
    """'butterfly' -> 'butterflies'."""
    if word in PLURALS:
        return PLURALS[word]
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def singulars(word: str) -> tuple[str, ...]:
    """What a word may be the plural of, itself first: 'buses' -> 'buses', 'bus', 'buse'."""
    forms = [word]
    head, _, last = word.rpartition(" ")
    if last in SINGULARS:
        forms.append(f"{head} {SINGULARS[last]}".strip())
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    return tuple(dict.fromkeys(form for form in forms if form))


def count_of(n: int, word: str) -> str:
    """(2, 'bus') -> '2 buses'; (0, 'cup') -> '0 cups'."""
    return f"{n} {word if n == 1 else plural(word)}"


def with_article(word: str) -> str:
    """'apple' -> 'an apple'; names that are plural or of a mass have none."""
    if word in ("skis", "scissors", "broccoli", "food", "fruit", "furniture", "people"):
        return word
    return ("an " if word[:1].lower() in tuple("aeiou") else "a ") + word


def listed(items: list[str], last: str = "and") -> str:
    """['a', 'b', 'c'] -> 'a, b and c'."""
    return f" {last} ".join([part for part in (", ".join(items[:-1]), *items[-1:]) if part])


def percent(share: float) -> str:
    """0.123 -> '12%'; what is not all is never called 100%."""
    return "99%" if 0.99 < share < 0.9995 else f"{share:.0%}"
