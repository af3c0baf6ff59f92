"""The settings of the tests: the product's own, on a database cluster and data folder of this run alone."""

import atexit
import os
import shutil
import tempfile

# A folder set from outside is kept, for looking at what a failed test left. Every other process makes its own, also one
# that inherits another's setup: files of imports and exports are named by numbers that each database counts.
_folder = os.environ.get("KUNDEKORT_TEST_DATA")
if _folder is None:
    _folder = tempfile.mkdtemp(prefix="kundekort-test-")
    os.chmod(_folder, 0o755)  # the server's own user has to reach its files when root runs the tests
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["KUNDEKORT_DATA"] = _folder

from kundekort import embedded  # noqa: E402 - the data folder is known by now

embedded.SETTINGS.update(fsync="off", full_page_writes="off")  # nothing here outlives the power

from kundekort.config.settings import *  # noqa: E402, F403

INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")  # noqa: F405 - as where people log in by it
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # logging in is not what the tests wait for
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 - WhiteNoise warns of a folder that is not there
# Tests empty their tables, also that of the audit log, which lets nobody else do so.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c kundekort.test_run=on"  # noqa: F405
