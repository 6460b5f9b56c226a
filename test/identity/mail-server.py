"""A mail server that takes mail over TLS from who signs in, and says each as a line of JSON."""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

certificate, key, password = sys.argv[1:4]
failing = {"left": 1}


class Take:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown@"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if failing["left"] > 0:
            failing["left"] -= 1
            return "451 4.3.0 try again"
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "name": session.auth_data,
            "encrypted": session.ssl is not None,
            "text": envelope.content.decode(),
        }
        print(json.dumps(mail), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"gate" and data.password == password.encode()
    return AuthResult(success=good, handled=good, auth_data=data.login.decode() if good else None)


async def serve():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    make = lambda: SMTP(
        Take(),
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
        loop=loop,
    )
    server = await loop.create_server(make, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


asyncio.run(serve())
