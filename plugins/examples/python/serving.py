"""Serves a provider in Python as a girosync host expects it: go-plugin's handshake
over standard output, then gRPC on a socket of the system, both sides known to each
other by certificates made for this one process.
"""

import base64
import datetime
import os
import signal
import sys
import tempfile
import threading
from concurrent import futures

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf import any_pb2

import provider_pb2 as pb

# What a host sends along, so that a program that is started by hand can say what it is.
COOKIE, COOKIE_VALUE = "GIROSYNC_PROVIDER", "statement-lines"

# The versions of go-plugin's own protocol, and of girosync's, that are spoken here.
CORE, PROTOCOL = 1, 1

LARGEST = 64 << 20  # bytes of a message

CODES = {
    pb.ERROR_KIND_NEEDS_USER: grpc.StatusCode.FAILED_PRECONDITION,
    pb.ERROR_KIND_BAD_CREDENTIALS: grpc.StatusCode.UNAUTHENTICATED,
    pb.ERROR_KIND_CONSENT_EXPIRED: grpc.StatusCode.PERMISSION_DENIED,
    pb.ERROR_KIND_RATE_LIMITED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    pb.ERROR_KIND_BANK_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    pb.ERROR_KIND_NOT_SUPPORTED: grpc.StatusCode.UNIMPLEMENTED,
    pb.ERROR_KIND_AUTO_NOT_ALLOWED: grpc.StatusCode.ABORTED,
    pb.ERROR_KIND_BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
}


class Failure(Exception):
    """A failure with a meaning: one of the ErrorKinds, and words that users read.

    Further arguments are the fields of ErrorDetail: until, field, line, reference.
    """

    def __init__(self, kind, message, **more):
        super().__init__(message)
        self.detail = pb.ErrorDetail(kind=kind, message=message, **more)
        self.code = CODES.get(kind, grpc.StatusCode.INTERNAL)


def serve(provider):
    """Serves a provider until the host ends it."""
    if os.environ.get(COOKIE) != COOKIE_VALUE:
        sys.exit("This program is a plugin of girosync, which starts it by itself.")
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=[
        ("grpc.max_receive_message_length", LARGEST), ("grpc.max_send_message_length", LARGEST)])
    server.add_generic_rpc_handlers((handlers(provider), system(server)))
    key, certificate = identity()
    credentials = grpc.ssl_server_credentials(
        [(key, certificate)], root_certificates=os.environ["PLUGIN_CLIENT_CERT"].encode(), require_client_auth=True)
    path = os.path.join(tempfile.mkdtemp(dir=os.environ.get("PLUGIN_UNIX_SOCKET_DIR")), "plugin")
    if server.add_secure_port("unix:" + path, credentials) == 0:
        sys.exit("The socket %s cannot be opened." % path)
    server.start()
    der = x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)
    told = base64.b64encode(der).decode().rstrip("=")
    print("%d|%d|unix|%s|grpc|%s" % (CORE, PROTOCOL, path, told), flush=True)
    signal.signal(signal.SIGTERM, lambda *_: server.stop(0))
    server.wait_for_termination()


def identity():
    """Makes a key and a certificate for this process, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5)).not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256()))
    return (key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
            certificate.public_bytes(serialization.Encoding.PEM))


def handlers(provider):
    """The methods that a provider has; a host takes for missing what is not there."""
    methods = {}
    for method in pb.DESCRIPTOR.services_by_name["Provider"].methods:
        call = getattr(provider, method.name, None)
        if call is None:
            continue
        request, answer = class_of(method.input_type), class_of(method.output_type)
        if method.name == "Describe":
            make, answering = grpc.unary_unary_rpc_method_handler, one(call)
        elif method.name == "ReadStatements":
            make, answering = grpc.stream_stream_rpc_method_handler, each(call)
        else:
            make, answering = grpc.unary_stream_rpc_method_handler, each(call)
        methods[method.name] = make(answering, request_deserializer=request.FromString, response_serializer=answer.SerializeToString)
    return grpc.method_handlers_generic_handler("girosync.provider.v1.Provider", methods)


def class_of(message):
    return getattr(pb, message.name)


def one(call):
    def answer(request, context):
        try:
            return call(request, context)
        except Failure as failure:
            end(context, failure)
    return answer


def each(call):
    def answers(request, context):
        try:
            yield from call(request, context)
        except Failure as failure:
            end(context, failure)
    return answers


def end(context, failure):
    """Ends a call with a failure, whose details the host reads."""
    detail = any_pb2.Any()
    detail.Pack(failure.detail)
    status = (varint(1 << 3) + varint(failure.code.value[0])  # google.rpc.Status: code, message, details
              + field(2, failure.detail.message.encode()) + field(3, detail.SerializeToString()))
    context.set_trailing_metadata((("grpc-status-details-bin", status),))
    context.abort(failure.code, failure.detail.message)


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def system(server):
    """What go-plugin asks of every program: whether it is well, and to end."""

    def shut_down(request, context):
        threading.Timer(0.1, lambda: server.stop(1)).start()  # after this answer
        return b""

    plain = {"request_deserializer": None, "response_serializer": None}
    check = grpc.unary_unary_rpc_method_handler(lambda request, context: b"\x08\x01", **plain)  # SERVING
    end_all = grpc.unary_unary_rpc_method_handler(shut_down, **plain)

    class System(grpc.GenericRpcHandler):
        def service(self, details):
            return {"/grpc.health.v1.Health/Check": check, "/plugin.GRPCController/Shutdown": end_all}.get(details.method)

    return System()
