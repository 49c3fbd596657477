"""Drives the emulator with the Python package archfx_cloud, as its README says.

usage: python python_client.py URL

Prints a line for each promise that holds, and stops with a traceback at the first that does not.
"""
import configparser
import datetime
import os
import sys
import tempfile
from io import BytesIO

from dateutil import parser

from archfx_cloud.api.connection import Api
from archfx_cloud.api.exceptions import (
    HttpClientError,
    HttpNotFoundError,
    HttpServerError,
    ImproperlyConfigured,
)
from archfx_cloud.reports.flexible_dictionary import ArchFXFlexibleDictionaryReport
from archfx_cloud.reports.report import ArchFXDataPoint
from archfx_cloud.utils.main import CONFIG, BaseMain
from archfx_cloud.utils.slugs import ArchFxStreamSlug

URL = sys.argv[1]
EMAIL = 'user@example.com'
PASSWORD = 'my.pass'


def promise(text):
    print('ok', text, flush=True)


def login():
    api = Api(URL)
    assert api.login(email=EMAIL, password=PASSWORD)
    return api


def readings(first, last, stream='0001-5090'):
    start = parser.parse('2021-01-20T00:00:00.100000Z')
    return [
        ArchFXDataPoint(
            timestamp=start + datetime.timedelta(seconds=number),
            stream=stream,
            value=number / 2,
            summary_data={'foo': 5, 'bar': 'foobar'},
            raw_data=None,
            reading_id=number,
        )
        for number in range(first, last + 1)
    ]


def report(first, last, device='d--1234', streamer=0xff):
    return ArchFXFlexibleDictionaryReport.FromReadings(
        device=device,
        data=readings(first, last),
        report_id=last + 1,
        streamer=streamer,
        sent_timestamp=datetime.datetime(2021, 1, 20, 1, 2, 3, tzinfo=datetime.timezone.utc),
    )


def rejected(kind, status, call):
    try:
        call()
    except kind as err:
        assert err.response.status_code == status, err.response.status_code
        return err
    raise AssertionError('not rejected: {} {}'.format(kind.__name__, status))


def sign_in_and_out():
    api = Api(URL)
    assert not api.login(email=EMAIL, password='wrong')
    assert api.login(email=EMAIL, password=PASSWORD)
    assert api.username == 'user' and api.token and api.refresh_token_data
    assert getattr(api.auth, 'user-info').get()['email'] == EMAIL
    promise('login, user-info')
    first = api.refresh_token_data
    assert api.refresh_token() and api.refresh_token_data != first
    assert api.org.get()['count'] >= 1
    api.refresh_token_data = first
    assert not api.refresh_token() and api.token is None
    promise('refresh_token rotates, and a used one is rejected')
    api = login()
    token = api.token
    api.logout()
    assert api.token is None and api.username is None
    promise('logout')
    again = Api(URL)
    again.set_token(token)
    assert again.org.get()['count'] >= 1
    again.refresh_token_data = None
    assert again.refresh_token()
    promise('set_token with a JWT, refreshed the older way')
    key = login().auth.token.get()['token']
    keyed = Api(URL, token_type='token')
    keyed.set_token(key)
    assert keyed.org.get()['count'] >= 1
    promise('set_token with a key')
    rejected(HttpClientError, 401, Api(URL).org.get)
    try:
        Api(URL).set_token({'nothing': 1})
    except ImproperlyConfigured:
        promise('ImproperlyConfigured')


def token_files():
    api = login()
    tokens = {'jwt_access': api.token, 'jwt_refresh': api.refresh_token_data}
    key = {'token': api.auth.token.get()['token']}

    class Script(BaseMain):
        seen = None

        def get_domain(self):
            return URL

        def after_login(self):
            self.seen = self.api.org.get()['count']

    for section in (tokens, key):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'archfx.ini')
            config = configparser.ConfigParser()
            config['c-arch'] = section
            with open(path, 'w') as file:
                config.write(file)
            CONFIG.clear()
            sys.argv = ['script']
            script = Script(config_path=path)
            script.api = Api(URL)
            script.main()
            assert script.seen and script.seen >= 1
    promise('BaseMain with a token file, JWT and key')


def resources(api):
    new = api.org.post({'name': 'My new Org'})
    assert api.org(new['slug']).put({'about': 'About Org'})['name'] == 'My new Org'
    assert api.org(new['slug']).patch({'about': 'About new Org'})['about'] == 'About new Org'
    assert api.org(new['slug']).get()['about'] == 'About new Org'
    error = rejected(HttpClientError, 400, lambda: api.org.post({'name': 'My new Org'}))
    assert b'already exists' in error.content
    assert api.org(new['slug']).delete() is True
    rejected(HttpNotFoundError, 404, api.org(new['slug']).get)
    assert api.device('d--1').delete() is False
    promise('org: get, post, put, patch, delete')
    for org in api.org.get()['results']:
        sites = api.site.get(org='{0}'.format(org['slug']))
        assert sites['count'] == api.site.get(org__slug=org['slug'])['count'] == 2
    assert len(api.machine.get(page=2, page_size=3)['results']) == 3
    promise('lists, query parameters, pages')
    found = 0
    for machine in api.machine.get()['results']:
        found += api.machine(machine['slug']).devices.get()['count']
    assert found == 16
    assert api.device('d--1').get()['slug'] == 'd--0000-0000-0000-0001'
    promise('nested machine/<slug>/devices, short slugs')
    rejected(HttpClientError, 403, api.device('d--30').get)
    rejected(HttpNotFoundError, 404, lambda: api.nothing.get())
    promise('HttpClientError, HttpNotFoundError')


def uploads(api):
    sent_time = datetime.datetime.utcnow()
    first = report(1000, 1001)
    fp = ('report.mp', BytesIO(first.encode()))
    resp = api.streamer().report.upload_fp(fp=fp, timestamp=sent_time.isoformat())
    assert resp == {'count': 2}, resp
    promise('upload_fp as in the README')
    assert first.upload(api) == 0
    promise('report.upload of a report sent before counts 0')
    assert report(1001, 1010).upload(api) == 9
    promise('report.upload of an overlap counts the rest')
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'report.mp')
        report(1011, 1020).write(path)
        resp = api('streamer/report').upload_file(path, timestamp=sent_time.isoformat())
        assert resp == {'count': 10}, resp
        resp = api('streamer/report').upload_file(path, timestamp=sent_time.isoformat())
        assert resp == {'count': 0}, resp
    promise('upload_file')
    slug = ArchFxStreamSlug()
    slug.from_parts(parent='pl--1', device='d--1234', variable='0001-5090')
    assert api.stream(str(slug)).get()['device'] == 'd--0000-0000-0000-1234'
    data = api.data.get(filter=str(slug))
    assert data['count'] == 21
    row = data['results'][0]
    assert row['timestamp'] == '2021-01-20T00:16:40.100000Z', row
    assert row['value'] == 500.0 and row['extra_data'] == {'foo': 5, 'bar': 'foobar'}
    pages = api.streampages.get(stream=str(slug))
    assert pages['count'] == 1
    promise('stream, streampages and data of what was uploaded')
    error = rejected(HttpClientError, 400, lambda: api('streamer/report').upload_fp(
        ('report.mp', BytesIO(b'no msgpack')), timestamp=sent_time.isoformat()))
    assert b'parse error' in error.content
    rejected(HttpNotFoundError, 404, lambda: report(1, 2, device='d--9999').upload(api))
    rejected(HttpClientError, 401, lambda: report(1, 2).upload(Api(URL)))
    promise('rejected uploads raise the error classes')


def server_errors(api):
    import requests
    faults = URL + '/__emulator__/faults'
    requests.post(faults, json={'kind': 'status', 'status': 503, 'path': 'org/'})
    rejected(HttpServerError, 503, api.org.get)
    assert api.org.get()['count'] >= 1
    promise('HttpServerError')


sign_in_and_out()
token_files()
resources(login())
uploads(login())
server_errors(login())
