"""The words that lead to an option letter, stand behind it, or deny it: "My answer is B", "B it is", "never B"."""

import re
import unicodedata

from opinionscope.regexes import regex

FOREIGN_ANSWERS = unicodedata.normalize(
    "NFKC",
    "antwort|đáp án|câu trả lời|lựa chọn|відповідь|תשובה|התשובה|คำตอบ|"
    "antwort|auswahl|reponse|réponse|choix|respuesta|risposta|resposta|antwoord|svar|odpowiedź|cevap|ответ|"
    "الإجابة|उत्तर|答案|回答|答え|정답|답변|답",
)
_CHOOSING = (
    "je (?:choisis|choisirais|dirais|réponds)|(?:yo )?diría|(?:eu )?diria|"
    "ich wähle|elijo|elegiría|escojo|escolho|escolheria|scelgo|sceglierei|ik kies|"
    "я (?:выбираю|выбрал бы|бы выбрала?)|我?(?:会|會)?(?:选|選)(?:择|擇)?(?![项項択])"
)
_OPTION = "option|letter|choice|opción|opcion|opção|opzione|optie|вариант|选项|選項|選択肢"
LEAD = regex(
    r"(?:(?:so|thus|therefore|hence),? |as an? (?:[^,:;.]|[,.]\d){1,60}, |here(?: is|'s) |"
    r"for me,? |i (?:think|believe|guess|suppose)(?: that)? )?"
    r"(?:(?P<final>(?:(?:my|the|their|our|this|final|best|correct|simulated|one|person's|most|likely|likeliest|chosen|"
    r"la|il|die|meine|ma|el|mi|a|o|het|minha|mijn|min|moja|mia) ){0,3}"
    r"(?:answer|choice|response|pick|vote|selection|decision|opinion|preference|final|"
    r"option(?: chosen)?|(?:chosen|selected) option|"
    rf"letter(?: of (?:the|my) (?:chosen |selected )?(?:option|choice))?|{FOREIGN_ANSWERS})(?: chosen| letter)?"
    r"(?:(?: is| would be| est| ist| lautet| es| è| é)(?!\w)| ?:| ?=| -|是|为|為|は|은|는){1,2})"
    rf"|{_CHOOSING}"
    r"|(?:i(?:'d|'ll|'m| am)?|they(?:'d|'re)?|he|she|we|(?:the|this|a) (?:person|respondent|participant|voter)|"
    r"one of them|let(?: me|'s))(?: would| will| might)?(?: likely| probably)?(?: have to)? "
    r"(?:choose|pick|select|answer|respond|say|go with|voted?(?: for)?|prefer|chose|picked|selected|answered|said|"
    r"go(?:ing)? with|lean(?:ing)?(?: towards?)?)s?\b:?"
    r"|(?:(?:it|that)(?: is|'s| would be|'d be)|definitely|certainly|going with|leaning(?: towards?)?)"
    r"(?-i:(?! a\b)))\s*"
    rf"(?:with |l['’])?(?:{_OPTION})?:?\s*|(?:{_OPTION})[: ]\s*",
    re.IGNORECASE,
)
HEADED = regex(
    r"(?:1[.)]|(?:simulated )?(?:person|respondent|participant|individual|voter|assistant|selection"
    r"|(?:selected|chosen)(?: option)?|pick|vote|output|result)(?: ?#?\d{1,4})? ?:) ?(?P<rest>.*)",
    re.IGNORECASE,
)
"""Who says the letter behind it: “Person 1: B”."""
_ITS = rf"(?:(?:with|for|that|it is|it's|la|el|die|o|a|den) |l['’])?(?:the )?(?:{_OPTION})?:? ?"
_HEADING = (
    r"(?:me|okay|ai|(?:as an?|one of) [^:;]{1,60}|"
    r"[^:;]{0,40}\b(?:draw\w*|simulat\w*|selected|choice|choose|answers?|picks?)\b[^:;]{0,40}|"
    r"[^:;]{1,40}\([^():;]{1,40}\)|an? (?:[\w-]+ ){0,3}?\d\d[ -]years?[ -]old\b[^:;]{0,60}) ?: ?"
)
"""“Maria (34, Ohio): B”."""
_SAYING = (
    r"[^:;]{0,80}?\b(?:(?:likely |probably )?(?:choos\w*|picks?|selects?|answers?|says?|think|believe|guess|suppose|"
    r"go(?:es)? with|leans? (?:to|towards?)|wybieram|escolh\w*|eleg\w*|scel\w*)|likely|probably|maybe|perhaps) "
)
"""“Maria would say B”, “Most likely B”."""
SAID = regex(
    rf"(?P<who>{_HEADING}|{_SAYING}{_ITS}|yes, |the {_ITS})(?P<rest>.*?)(?:,? (?:because|since|due to)\b.*)?",
    re.IGNORECASE,
)
"""What leads to a letter in one sentence."""
SOMEBODY_ELSE = regex(
    r"\bmy (?!(?:gut|instinct|heart|guess|sense|best|own|first)\b)(?:(?!(?:i|we)\b)[\w'’-]+ ){1,2}?"
    r"(?:(?:would|will|might|always|likely|probably) ){0,2}(?:choos|pick|select|answer|sa(?:y|id)|think|believe|guess)|"
    r"\b(?:(?:some|any)(?:one|body)(?! (?:aged?|with|who|from|in|like|of|earning|living)\b)|an?other|other|"
    r"used to|please|whether|asks? if)\b|\d ?%",
    re.IGNORECASE,
)
"""Who says it is not the person asked for: “My neighbour says B”."""
COURTESY = regex(
    r"(?P<words>sure(?: thing)?|certainly|absolutely|of course|okay|ok|alright|yes|well|understood|got it|thank you|"
    r"(?:no|without (?:a )?) ?doubt|"
    r"thanks|happy to help|(?:that's a |what a )?(?:great|good|interesting) question|"
    r"h+m+|mm+|u+[hm]+|a+h+|o+h+|yeah|yep|right|so)(?:[!.]+ ?|[,:] )(?=\S)",
    re.IGNORECASE,
)
SAID_BEHIND = regex(
    rf"(?:(?:ich würde|ik zou|私は|私なら|저는|나는) ?)?(?:(?:für|voor|die|de|optie|{_OPTION}) )*"
    r"(?-i:([A-Z]))(?: ?[をを를을] ?[選选선][^A-Za-z]*| (?:wählen|nehmen|sagen|kiezen|zeggen)\W?| it is\W?|"
    r",? and nothing else\W?|"
    r",? \(?(?:i (?:guess|think|suppose|believe|would (?:say|guess))|probably|perhaps|for me|please|final)\)?\W?|"
    r" is what (?:i|they|he|she)(?:'d| would)? (?:choose|pick|say|answer|select)\W?|"
    r" (?:is|would be|will be) (?:my|the|their|his|her) "
    r"(?:(?:best|final|most likely|likely|likeliest|correct|right) )?(?:answer|choice|option|pick|response|vote)\W?)",
    re.IGNORECASE,
)
DENIES = regex(
    r"\b(?:nobody|no one|none|few|hard(?:ly)?|rarely|seldom|(?<!would )only|others|refus\w*|declin\w*|hesitat\w*|"
    r"oppos\w*|whoever|ning\w*|nadie|personne|niemand|not|no|never|nor|neither|except|instead|than|but|"
    r"or(?! (?:more|less|older|younger|over|above|below|under)\b)|reject|exclude|"
    r"cannot|examples?|you (?:can|could|should)|"
    r"(?:half|some)(?=(?: \w+){0,3}? (?:would|might|may|could|will|says?|choose|pick|answer)\b)|"
    r"impossible|doubt\w*|least|worst|second|wrong|less|unlikely|unsure|nicht|ne|pas|kein\w*|nem|nie|não|non)\b|n['’]t\b|[不没]|ない|ません|않|없",
    re.IGNORECASE,
)
