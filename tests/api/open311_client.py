#!/usr/bin/env python3
"""A client of Open311 GeoReport v2, written from the specification alone.

It knows the address of the service discovery and two keys, nothing else of this
product: it finds the endpoints, makes every call in both formats, sends requests as the
services say, follows them, and holds each answer against the schemas beside it
(open311_*.rng, RELAX NG, by xmllint) or the shapes below (JSON). XML and JSON must tell
the same by the convention that the specification names.

    open311_client.py DISCOVERY KEY TEST_KEY

Ends with a line of JSON that says what was called.
"""
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta, timezone

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'open311.rng')
TYPES = {'xml': 'text/xml; charset=utf-8', 'json': 'application/json; charset=utf-8'}
calls = []


def fail(what):
    raise SystemExit(f'open311_client: {what}')


# ---- the shapes of JSON: a type, a pair of list and shape, a set of words, a dict ----

TEXT = (str,)
MAYBE = (str, type(None))
NUMBER = (int, float, type(None))


def when(value):
    if value is None:
        return None
    parsed = datetime.fromisoformat(value.replace('Z', '+00:00'))
    return None if parsed.tzinfo else 'a time without its zone'


REQUEST = {
    'service_request_id': TEXT, 'status': {'open', 'closed'}, 'status_notes': MAYBE,
    'service_name': TEXT, 'service_code': TEXT, 'description': MAYBE,
    'agency_responsible': MAYBE, 'service_notice': MAYBE, 'requested_datetime': when,
    'updated_datetime': when, 'expected_datetime': when, 'address': MAYBE,
    'address_id': MAYBE, 'zipcode': MAYBE, 'lat': NUMBER, 'long': NUMBER, 'media_url': MAYBE,
}
SHAPES = {
    'discovery': {
        'changeset': TEXT, 'contact': TEXT, 'key_service': TEXT,
        'endpoints': [{'specification': TEXT, 'url': TEXT, 'changeset': TEXT,
                       'type': {'production', 'test'}, 'formats': [TEXT]}]},
    'services': [{'service_code': TEXT, 'service_name': TEXT, 'description': MAYBE,
                  'metadata': (bool,), 'type': {'realtime', 'batch', 'blackbox'},
                  'keywords': MAYBE, 'group': MAYBE}],
    'service_definition': {
        'service_code': TEXT,
        'attributes': [{'variable': (bool,), 'code': TEXT,
                        'datatype': {'string', 'number', 'datetime', 'text',
                                     'singlevaluelist', 'multivaluelist'},
                        'required': (bool,), 'datatype_description': MAYBE, 'order': (int,),
                        'description': TEXT, 'values': [{'key': TEXT, 'name': TEXT}]}]},
    'requests': [REQUEST],
    'sent': [{'service_request_id': TEXT, 'service_notice': MAYBE, 'account_id': MAYBE}],
    'token': [{'service_request_id': TEXT, 'token': TEXT}],
    'updates': [{'update_id': TEXT, 'service_request_id': TEXT, 'status': {'open', 'closed'},
                 'updated_datetime': when, 'description': MAYBE, 'media_url': MAYBE}],
    'update_sent': [{'update_id': TEXT}],
    'errors': [{'code': (int,), 'description': TEXT}],
}


def hold(value, shape, where):
    if isinstance(shape, dict):
        if not isinstance(value, dict) or list(value) != list(shape):
            fail(f'{where}: not the members {list(shape)}: {value}')
        for name, part in shape.items():
            hold(value[name], part, f'{where}.{name}')
    elif isinstance(shape, list):
        if not isinstance(value, list):
            fail(f'{where}: no array')
        for i, part in enumerate(value):
            hold(part, shape[0], f'{where}[{i}]')
    elif isinstance(shape, set):
        if value not in shape:
            fail(f'{where}: {value!r} is none of {shape}')
    elif isinstance(shape, tuple):
        if type(value) not in shape or value == '':
            fail(f'{where}: {value!r} is not of the type it must have')
    elif shape(value):
        fail(f'{where}: {shape(value)}')


# ---- XML: the schema, and what it says as JSON would ----

LISTS = {'endpoints', 'formats', 'services', 'attributes', 'values', 'service_requests',
         'service_request_updates', 'errors'}
BOOLS = {'metadata', 'variable', 'required'}
NUMBERS = {'lat', 'long', 'order', 'code of error'}


def told(element, parent=None):
    if element.tag in LISTS:
        return [told(child, element.tag) for child in element]
    if len(element):
        return {child.tag: told(child, element.tag) for child in element}
    if element.text is None:
        return None
    if element.tag in BOOLS:
        return {'true': True, 'false': False}[element.text]
    if element.tag in NUMBERS or (element.tag == 'code' and parent == 'error'):
        return json.loads(element.text)
    return element.text


def xml_told(body):
    if not body.lower().startswith(b'<?xml version="1.0" encoding="utf-8"?>'):
        fail(f'no XML declaration: {body[:60]}')
    out = subprocess.run(['xmllint', '--noout', '--nonet', '--relaxng', SCHEMAS, '-'],
                         input=body, capture_output=True, check=False)
    if out.returncode:
        fail(f'{out.stderr.decode()}\n{body.decode()}')
    return told(ElementTree.fromstring(body))


# ---- calls ----

def call(url, shape, form=None, status=200, headers=None, body=None):
    """One call; the answer as JSON tells it, whichever format it came in."""
    data = body if body is not None else form and urllib.parse.urlencode(form, True).encode()
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as res:
            got, kind, text = res.status, res.headers['Content-Type'], res.read()
    except urllib.error.HTTPError as res:
        got, kind, text = res.code, res.headers['Content-Type'], res.read()
    name = 'errors' if status >= 400 else shape
    fmt = urllib.parse.urlparse(url).path.rsplit('.', 1)[1]
    if got != status or kind != TYPES[fmt]:
        fail(f'{url}: {got} {kind}\n{text.decode()}')
    value = json.loads(text) if fmt == 'json' else xml_told(text)
    hold(value, SHAPES[name], f'{url} {name}')
    if status >= 400 and value[0]['code'] != status:
        fail(f'{url}: {value}')
    calls.append([name, fmt, got])
    return value


def both(url, shape, query=None, **more):
    """A GET in both formats, which tell the same."""
    asked = '?' + urllib.parse.urlencode(query) if query else ''
    for _ in range(10):  # what changes between the two calls is in one of them
        one, two = (call(f'{url}.{fmt}{asked}', shape, **more) for fmt in ('json', 'xml'))
        if one == two:
            break
    else:
        fail(f'{url}: JSON and XML differ:\n{one}\n{two}')
    return one


def answer_to(attribute):
    """Something that fits what an attribute asks for."""
    return {'string': '12', 'number': '12.5', 'text': 'två\r\nrader',
            'datetime': '2026-01-01T10:00:00+01:00'}.get(attribute['datatype']) \
        or attribute['values'][0]['key']


def form_for(key, service, definition):
    form = {'api_key': key, 'jurisdiction_id': 'city.example', 'service_code': service,
            'lat': '59.3321', 'long': '18.0649', 'address_string': 'Torget 1', 'email': '',
            'device_id': 'tt222111', 'account_id': '123456', 'first_name': 'Kim',
            'last_name': 'Ek', 'phone': '', 'description': 'Något är trasigt.\r\nHär också.',
            'media_url': 'http://photos.example/1.jpg'}
    for attribute in definition['attributes']:
        name = f'attribute[{attribute["code"]}]'
        if attribute['datatype'] == 'multivaluelist':
            form[f'{name}[]'] = [value['key'] for value in attribute['values']]
        else:
            form[name] = answer_to(attribute)
    return form


def multipart(form, files):
    mark = b'open311-client-mark'
    out = []
    for name, value in form.items():
        for one in value if isinstance(value, list) else [value]:
            out += [b'--' + mark, f'Content-Disposition: form-data; name="{name}"'.encode(), b'',
                    one.encode()]
    for name, filename, content in files:
        out += [b'--' + mark, f'Content-Disposition: form-data; name="{name}"; '
                f'filename="{filename}"'.encode(), b'Content-Type: text/plain', b'', content]
    out += [b'--' + mark + b'--', b'']
    return b'\r\n'.join(out), f'multipart/form-data; boundary={mark.decode()}'


def services_of(base):
    services = both(f'{base}/services', 'services', {'jurisdiction_id': 'city.example'})
    if services != both(f'{base}/services', 'services', {'jurisdiction_id': ''}):
        fail('an empty argument is not an absent one')
    definitions = {s['service_code']: both(f'{base}/services/{s["service_code"]}', 'service_definition')
                   for s in services}
    for service in services:
        definition = definitions[service['service_code']]
        if service['metadata'] != bool(definition['attributes']):
            fail(f'metadata of {service}')
        orders = [a['order'] for a in definition['attributes']]
        if orders != sorted(set(orders)) or any(o < 1 for o in orders):
            fail(f'orders {orders}')
    both(f'{base}/services/no-such-code', 'errors', status=404)
    return definitions


def post_all(base, key, definitions):
    """Each service once, in turn of format; the ids."""
    ids = {}
    for i, (code, definition) in enumerate(definitions.items()):
        fmt = ('xml', 'json')[i % 2]
        form = form_for(key, code, definition)
        sent = call(f'{base}/requests.{fmt}', 'sent', form, 201)
        ids[sent[0]['service_request_id']] = code
        for name in [f'attribute[{a["code"]}]' for a in definition['attributes'] if a['required']]:
            errors = call(f'{base}/requests.{fmt}', 'sent', {n: v for n, v in form.items() if n != name}, 400)
            if errors[0]['description'] != f'{name[10:-1]} required':
                fail(f'{errors}')
    if len(ids) != len(definitions):
        fail('an id came twice')
    return ids


def post_wrong(base, key, definitions):
    code, definition = next(iter(definitions.items()))
    good = form_for(key, code, definition)
    for fmt in ('xml', 'json'):
        url = f'{base}/requests.{fmt}'
        for change, status in (({'api_key': ''}, 403), ({'api_key': 'x'}, 403), ({'service_code': ''}, 400),
                               ({'service_code': 'no-such-code'}, 404), ({'lat': 'x'}, 400),
                               ({'lat': '', 'long': '', 'address_string': ''}, 400), ({'email': 'x'}, 400)):
            call(url, 'sent', {**good, **change}, status)
        data, kind = multipart(good, [('media[]', 'ett.txt', b'ett'), ('media[]', 'tva.txt', b'tva')])
        call(url, 'sent', body=data, status=201, headers={'Content-Type': kind})


def follow(base, key, ids):
    for n, (one, code) in enumerate(ids.items()):
        if n < 3:
            request = both(f'{base}/requests/{one}', 'requests')
            if len(request) != 1 or request[0]['service_code'] != code or request[0]['status'] != 'open':
                fail(f'{one}: {request}')
            if both(f'{base}/tokens/{one}', 'token') != [{'service_request_id': one, 'token': one}]:
                fail('token')
        both(f'{base}/requests/{one}', 'requests', {'api_key': key})
    some = list(ids)[:3]
    # The id overrides all else, also what is wrong.
    found = both(f'{base}/requests', 'requests', {'service_request_id': ','.join(some), 'status': 'closed', 'start_date': 'x'})
    if {r['service_request_id'] for r in found} != set(some):
        fail(f'by ids: {found}')
    both(f'{base}/requests/no-such-id', 'errors', status=404)
    both(f'{base}/tokens/no-such-token', 'errors', status=404)
    for fmt in ('xml', 'json'):
        form = {'api_key': key, 'service_request_id': some[0], 'status': 'OPEN', 'description': f'Mer om det, {fmt}',
                'updated_datetime': datetime.now(timezone.utc).isoformat(), 'update_id': '1', 'email': '',
                'first_name': 'Kim', 'last_name': 'Ek', 'title': ''}
        call(f'{base}/servicerequestupdates.{fmt}', 'update_sent', form, 201)
        call(f'{base}/servicerequestupdates.{fmt}', 'update_sent', {**form, 'service_request_id': 'no-such-id'}, 404)


def filters(base):
    now = datetime.now(timezone.utc)
    all_of = both(f'{base}/requests', 'requests')
    if not 0 < len(all_of) <= 1000:
        fail(f'{len(all_of)} requests')
    times = [r['requested_datetime'] for r in all_of]
    if times != sorted(times, reverse=True):
        fail('not newest first')
    for name, of in (('service_code', 'service_code'), ('status', 'status')):
        value = all_of[0][of]
        if {r[of] for r in both(f'{base}/requests', 'requests', {name: value})} != {value}:
            fail(f'filtered by {name}')
    for _ in range(10):  # a case that is shown meanwhile moves the others
        pages = [both(f'{base}/requests', 'requests', {'page': n, 'page_size': 7}) for n in (1, 2)]
        if pages[0] + pages[1] == all_of[:14]:
            break
        all_of = both(f'{base}/requests', 'requests')
    else:
        fail('pages')
    start, end = (now - timedelta(days=40)).isoformat(), (now - timedelta(days=20)).isoformat()
    for r in both(f'{base}/requests', 'requests', {'start_date': start, 'end_date': end}):
        if not start[:10] <= r['requested_datetime'][:10] <= (now - timedelta(days=19)).isoformat()[:10]:
            fail(f'out of the days: {r}')
    placed = next(r for r in all_of if r['lat'] is not None)
    around = both(f'{base}/requests', 'requests', {'lat': placed['lat'], 'long': placed['long'], 'radius': 100})
    box = ','.join(str(placed[n] + d) for d in (-.001, .001) for n in ('long', 'lat'))
    for found in (around, both(f'{base}/requests', 'requests', {'bbox': box})):
        if placed['service_request_id'] not in {r['service_request_id'] for r in found}:
            fail('by place')
    both(f'{base}/requests', 'requests', {'updated_after': start, 'updated_before': now.isoformat(), 'locale': 'en'})
    both(f'{base}/servicerequestupdates', 'updates', {'start_date': start, 'end_date': now.isoformat()})
    both(f'{base}/servicerequestupdates', 'updates', {'page_size': 3})
    for wrong in ({'start_date': '2026-02-30T00:00:00Z'}, {'end_date': 'nu'}, {'status': 'half'},
                  {'start_date': '2026-01-01T00:00:00Z', 'end_date': '2026-04-02T00:00:00Z'},
                  {'start_date': '2026-02-01T00:00:00Z', 'end_date': '2026-01-02T00:00:00Z'},
                  {'page': 0}, {'page_size': 100001}, {'page': 99999, 'page_size': 1000},
                  {'bbox': '1,2,3'}, {'lat': '59', 'long': '18'}, {'lat': '59', 'long': '18', 'radius': '1e9'}):
        both(f'{base}/requests', 'errors', wrong, status=400)
    for wrong in ({'start_date': 'x'}, {'page': 'x'}, {'page': 21, 'page_size': 1000}):
        both(f'{base}/servicerequestupdates', 'errors', wrong, status=400)


def main():
    discovery_url, key, test_key = sys.argv[1:]
    discovery = both(discovery_url, 'discovery')
    bases = {e['type']: e['url'] for e in discovery['endpoints']
             if e['specification'].startswith('http://wiki.open311.org/GeoReport_v2')}
    for kind, own in (('test', test_key), ('production', key)):
        base = bases[kind]
        definitions = services_of(base)
        post_wrong(base, own, definitions)
        ids = post_all(base, own, definitions)
        filters(base)
        if kind == 'production':
            follow(base, own, ids)
    for fmt in ('xml', 'json'):
        code, definition = next(iter(definitions.items()))
        call(f'{bases["production"]}/requests.{fmt}', 'sent', form_for(test_key, code, definition), 403)
    print(json.dumps({'calls': len(calls), 'kinds': sorted({f'{n}.{f} {s}' for n, f, s in calls})}))


main()
