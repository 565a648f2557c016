"""A stand-in on loopback for every provider: it takes each message and shows it, and sends nothing.

`app.py` speaks HTTP and `mail.py` SMTP, one module a provider says what is right and wrong there;
`inbox.py` remembers, `script.py` makes requests fail on purpose, `page.py` shows what arrived.
"""
