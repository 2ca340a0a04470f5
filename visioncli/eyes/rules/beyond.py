"""What these eyes refuse, and why: each reason with the words that tell of it."""

from __future__ import annotations

import re

from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View

from .refusal import refuse

# Reason -> how a question begins that needs it, or words anywhere in it; a * stands for any ending.
# The first that fits is said, so what is closest to persons comes first.
BEGINS = {
    "it cannot tell reasons.": "why,how come,what for",
    "it recognises no person, and knows no makers or owners.": "who,whose,whom",
    "it does not judge age, gender or origin.": "how old",
    "it does not recognise places.": (
        "where is it,where are they,where is this,where is that,where is he,where is she,"
        "where are we,where was it,where was this"
    ),
    "it writes, edits and carries out nothing.": (
        "write,compose,invent,imagine,draw,paint,make,generate,create,edit,remove,crop,change,"
        "improve,convert,enhance,delete,send,run,execute,open,go to,visit,download,install"
    ),
}
HOLDS = {
    "it cannot tell reasons.": "reason*",
    "it recognises no person, and knows no makers or owners.": (
        "name,named,famous,celebrit*,identity,identify him,identify her,identify them,made by,owner"
    ),
    "it does not judge feelings, moods or looks.": (
        "happy,sad,angry,smil*,feel*,emotion*,mood*,bored,afraid,laugh*,cry,crying,friendly,scared,"
        "tired,in love,attractive,beautiful,pretty,handsome,ugly,cute"
    ),
    "it does not judge age, gender or origin.": (
        "age,gender,race,ethnicity,nationality,religion,male or female,female or male,a man or a"
        " woman,a woman or a man,a boy or a girl,a girl or a boy"
    ),
    "it does not see clothing, hair, or what somebody holds.": (
        "wear*,cloth*,dressed,hair*,beard*,glasses,eye,eyes,holding,tattoo*"
    ),
    "it does not see what is done or will happen.": (
        "doing,happen*,going on,sleep*,running,walking,standing,sitting,looking at,eating,drinking,"
        "playing,moving,next,before this,dead,alive"
    ),
    "it knows no brands, models or values.": (
        "brand*,manufacturer,model,logo,company,make of,value,expensive,cheap,which version"
    ),
    "it does not recognise places.": (
        "country,city,town,place,landmark*,street,island,continent,planet,location,indoor*,outdoor*"
    ),
    "it cannot tell weather, warmth, season or hour.": (
        "weather,rain*,snow*,sunny,cloudy,season,summer,winter,autumn,night,daytime,morning,"
        "evening,sunset,sunrise,temperature,hot,cold,warm,windy,what time"
    ),
    "it reads a chart's text, not its values.": (
        "trend*,highest,lowest,greatest,tallest,maximum,minimum,increas*,decreas*,growth,grows,average,"
        "percentage,axis,legend,graph,chart,which bar,which quarter,which column,which slice"
    ),
    "it looks at each picture by itself and compares nothing.": (
        "compar*,differen*,same,similar,better,worse,last picture,last image,last photo,previous,"
        "changed,more than,less than"
    ),
    "it does not translate.": "translat*,in french,in german,in spanish,in english,what language",
    "it writes, edits and carries out nothing.": (
        "poem,story,joke,song,essay,tweet,haiku,code,html,script,recipe"
    ),
    "it does not calculate.": "calculate,tip,percent,per person,split,sum of,add "
    "up,plus,minus,times",
    "it has no knowledge, opinions or senses beyond what can be measured on the picture.": (
        "mean,means,meaning,explain,interpret,symboli*,purpose,message of,should,could,would,think,"
        "opinion,recommend*,advice,best way,safe,dangerous,healthy,calories,taste*,tasty,smell*,"
        "sound*,heavy,weigh*,real,fake,genuine,photoshopped,ai generated,ai-generated,artist,style,"
        "art,painted,worth"
    ),
    "it does not see how things lie to each other, nor materials and distances.": (
        "behind,in front of,under,above,below,next to,between,beside,inside,made of,material,far,"
        "distance,close,touching,what is in the"
    ),
    "it finds persons and judges nothing about them.": (
        "he,she,him,her,his,hers,they,them,their,the man,the woman,the person,the people,the boy,"
        "the girl,the child"
    ),
}


def _any_of(words: str) -> str:
    alternatives = (re.escape(word).replace(r"\*", r"\w*") for word in words.split(","))
    return rf"\b(?:{'|'.join(alternatives)})\b"


REASONS = (
    *((re.compile(_any_of(words)), why) for why, words in BEGINS.items()),
    *((re.compile(f".*?{_any_of(words)}"), why) for why, words in HOLDS.items()),
)


def beyond(text: str, view: View) -> Reply | None:
    del view  # nothing to look at
    for pattern, why in REASONS:
        if pattern.match(text):
            return refuse(why, "beyond")
    return refuse("it does not calculate.", "beyond") if "%" in text else None
