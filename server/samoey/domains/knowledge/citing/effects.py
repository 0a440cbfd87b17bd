"""What code does to the world outside it: in prose one word says so, in code one of a few shows it.

A sentence that has code write to a disk, ask a person or start a thread says more by that one word
than by all the others; and code that does so can hardly hide it.
"""

# For each effect the stems that say it, and those of which code that has it shows one.
EFFECTS: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(said.split()), frozenset(f"{said} {shown}".split()))
    for said, shown in (
        ("databas sql sqlite postgresql mysql", "db cursor dsn orm queryset"),
        ("disk filesystem", "file path open os mkstemp tempfil write fs folder directori dump"),
        ("download", "fetch urlopen urlretriev retriev pull"),
        ("upload", "put push multipart"),
        ("remot", "rpc client server endpoint origin fetch url host"),
        ("internet network", "socket ip url http host connect tcp udp subnet"),
        ("servic", "client server rpc endpoint daemon"),
        ("thread parallel concurr simultan", "async await gather pool executor lock task worker"),
        ("fork", "process spawn exec"),
        ("background", "task thread job worker queue daemon async"),
        ("cach memoiz", "memo lru store keep kept remember"),
        ("log", "logger warn record debug stderr print"),
        ("mail email sms", "smtp"),
        ("notif notifi", "send signal emit publish event messag alert"),
        ("encrypt decrypt", "cipher aes fernet crypto cryptographi rsa ssl tls"),
        ("hash salt", "sha sha1 sha256 sha512 md5 digest hashlib hmac bcrypt checksum"),
        ("signatur", "sign signer hmac verifi"),
        ("compress gzip", "zip deflat zlib brotli"),
        ("person human administr oper", "admin user owner staff input prompt"),
        ("user visitor", "person human account usernam login input prompt getpass"),
        ("mutex semaphor lock", "acquir releas"),
        ("queue enqueu", "dequ put push append job"),
        ("retri", "attempt again tri backoff"),
        ("random", "shuffl secret uuid urandom nonc choic cnonc"),
        ("night nightli daili weekli hour schedul cron", "timer interv everi day delta sleep"),
        ("delet eras purg", "del remov rm unlink pop discard drop clear clean"),
        ("translat", "gettext locale i18n languag"),
        ("fastest slowest", "time sort min max duration elapsed"),
    )
)
