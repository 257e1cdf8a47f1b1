"""A real S3 server for tests: OpenStack Swift of Debian (python3-swift) with its S3 API, all four of its
services in this one process, on free ports of 127.0.0.1 and in a folder that is thrown away.

Arguments: folder, access key, secret key, port (0: any). Prints the port of the S3 API on its first line.
"""
import os
import sys

import eventlet

eventlet.monkey_patch()
import eventlet.tpool  # noqa: E402

import eventlet.wsgi  # noqa: E402
from swift.common import storage_policy, utils  # noqa: E402

FOLDER, ACCESS, SECRET, PORT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
# Swift's keys are "account:user".
ACCOUNT, USER = ACCESS.split(":")

utils.SWIFT_CONF_FILE = os.path.join(FOLDER, "swift.conf")
utils.HASH_PATH_SUFFIX = b"tests"
storage_policy.reload_storage_policies()

from swift.account.server import AccountController  # noqa: E402
from swift.common.ring.builder import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

DISKS = os.path.join(FOLDER, "disks")
os.makedirs(os.path.join(DISKS, "sda"), exist_ok=True)


class Quiet:
    """Swift logs every request; here only what goes wrong is of interest."""

    def write(self, _text):
        pass


def listen(port=0):
    return eventlet.listen(("127.0.0.1", port), reuse_addr=True)


def serve(sock, app):
    eventlet.spawn(eventlet.wsgi.server, sock, app, log=Quiet(), minimum_chunk_size=1)


def ring(name, port):
    # One part, one copy, one disk. No ring of Swift is smaller.
    builder = RingBuilder(1, 1, 0)
    device = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "sda", "weight": 1}
    builder.add_dev({**device, "replication_ip": "127.0.0.1", "replication_port": port, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(os.path.join(FOLDER, name + ".ring.gz"))


BASE = {"devices": DISKS, "mount_check": "false", "swift_dir": FOLDER, "log_level": "CRITICAL"}
for name, controller in (
    ("account", AccountController),
    ("container", ContainerController),
    ("object", ObjectController),
):
    sock = listen()
    ring(name, sock.getsockname()[1])
    more = {"allowed_sync_hosts": "127.0.0.1", "fallocate_reserve": "0"}
    serve(sock, controller({**BASE, **more}))

CONF = os.path.join(FOLDER, "proxy.conf")
with open(CONF, "w", encoding="utf-8") as conf:
    conf.write(f"""
[DEFAULT]
swift_dir = {FOLDER}
log_level = CRITICAL

[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo dlo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
log_level = CRITICAL

[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
check_bucket_owner = false
dns_compliant_bucket_names = true
[filter:tempauth]
use = egg:swift#tempauth
user_{ACCOUNT}_{USER} = {SECRET} .admin
""")



class Cache:
    """What Swift keeps in memcached; one process needs none."""

    def __init__(self):
        self.kept = {}

    def get(self, key, **_options):
        return self.kept.get(key)

    def set(self, key, value, **_options):
        self.kept[key] = value

    def delete(self, key, **_options):
        self.kept.pop(key, None)

    def incr(self, key, delta=1, **_options):
        self.kept[key] = self.kept.get(key, 0) + delta
        return self.kept[key]


cache = Cache()
app = loadapp(CONF)


def with_cache(env, start_response):
    env["swift.cache"] = cache
    return app(env, start_response)


front = listen(PORT)
serve(front, with_cache)
print(front.getsockname()[1], flush=True)
# The server ends with whoever started it: then there is nothing more to read.
eventlet.tpool.execute(sys.stdin.read)
os._exit(0)
