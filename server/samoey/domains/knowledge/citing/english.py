"""English words that tell nothing of code, and forms that no stemmer brings together."""

# Few sentences of English are without some of these, and those of other languages are.
ENGLISH = frozenset({
    "after", "and", "are", "as", "be", "been", "before", "between", "but", "by", "can", "do",
    "does", "each", "for", "from", "has", "have", "if", "instead", "into", "is", "it", "its",
    "may", "must", "not", "of", "only", "or", "other", "than", "that", "the", "their", "then",
    "there", "these", "they", "this", "those", "through", "to", "unless", "until", "when", "which",
    "while", "will", "with", "without", "would", "you",
})  # fmt: skip
# These tell how a sentence goes on, not what it says of the code.
GLUE = frozenset({
    "able", "about", "after", "again", "all", "allow", "allows", "alone", "along", "already",
    "also", "another", "answer", "answers", "any", "around", "ask", "asks", "back", "become",
    "becomes", "before", "begin", "begins", "between", "call", "called", "calls", "case", "check",
    "checks", "come", "comes", "create", "creates", "done", "during", "end", "ends", "every",
    "everything", "exactly", "fall", "falls", "find", "finds", "first", "found", "get", "gets",
    "give", "given", "gives", "go", "goes", "hand", "handle", "handles", "hands", "here",
    "instead", "itself", "just", "keep", "keeps", "last", "leave", "leaves", "left", "less", "let",
    "lets", "look", "looked", "looks", "made", "make", "makes", "many", "mean", "means", "meant",
    "more", "most", "much", "need", "needs", "next", "nothing", "one", "ones", "only", "other",
    "others", "otherwise", "over", "own", "part", "parts", "pass", "passes", "provide", "provides",
    "put", "puts", "return", "returns", "run", "runs", "said", "say", "says", "set", "sets",
    "some", "something", "start", "starts", "still", "sure", "take", "taken", "takes", "tell",
    "tells", "themselves", "thing", "things", "through", "together", "told", "treat", "treats",
    "tried", "tries", "try", "turn", "turns", "two", "under", "unless", "until", "use", "used",
    "uses", "want", "wants", "way", "ways", "whether", "while", "whose", "within", "without",
    "work", "works", "yet",
})  # fmt: skip
# A stem, and that of the same word as most sentences have it.
FORMS = {
    "began": "begin", "begun": "begin", "bound": "bind", "broken": "break", "brought": "bring",
    "built": "build", "caught": "catch", "children": "child", "chosen": "choos", "drawn": "draw",
    "fed": "feed", "found": "find", "given": "give", "gone": "go", "got": "get", "held": "hold",
    "hidden": "hide", "kept": "keep", "known": "know", "led": "lead", "lost": "lose", "met":
    "meet", "overwritten": "overwrit", "paid": "pay", "ran": "run", "rewritten": "rewrit", "sent":
    "send", "shown": "show", "sought": "seek", "spent": "spend", "stood": "stand", "stuck":
    "stick", "taken": "take", "thrown": "throw", "told": "tell", "understood": "understand", "won":
    "win", "written": "write", "wrote": "write",
}  # fmt: skip
# Signs that a sentence calls by their names and code writes in quotes.
SIGNS = {
    "dot": ".", "underscor": "_", "slash": "/", "colon": ":", "comma": ",", "dash": "-", "hyphen":
    "-", "hash": "#", "ampersand": "&", "plus": "+", "asterisk": "*",
}  # fmt: skip
