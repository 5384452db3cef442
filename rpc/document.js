// The page of /doc: models on the left, one model's methods and fields on the right.
'use strict'

const byId = (id) => document.getElementById(id)
const json = async (path) => {
  const reply = await fetch(path, { headers: { Accept: 'application/json' } })
  const body = await reply.json()
  if (!reply.ok) throw new Error(body.message)
  return body
}

// make builds an element; texts are never read as HTML.
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

const plain = (html) => new DOMParser().parseFromString(html || '', 'text/html').body.textContent

// matches also finds MODEL.METHOD.
function matches(model, word) {
  const all = [model.model, model.name, ...Object.keys(model.fields), ...model.methods.map((name) => `${model.model}.${name}`)]
  return all.some((text) => text.toLowerCase().includes(word))
}

function list(models) {
  const word = byId('search').value.trim().toLowerCase()
  const shown = models.filter((model) => !word || matches(model, word))
  const current = location.pathname.split('/')[2]
  byId('models').replaceChildren(...shown.map((model) => {
    const link = make('a', { href: `/doc/${model.model}` }, model.model, ' ', make('small', {}, model.name))
    if (model.model === current) link.setAttribute('aria-current', 'page')
    return make('li', {}, link)
  }))
}

// usual are arguments as they often look, by name.
const usual = { domain: [], fields: ['display_name'], vals_list: [{}], vals: {}, values: {}, data: 'BASE64', filename: 'statement.xml',
  specification: { display_name: {} }, groupby: ['create_date:month'], query: 'bank', date_from: '2026-01-01' }

// body is what a method needs: ids, unless it is the model's, and what has no default.
function body(method) {
  const named = (method.api || []).includes('model') ? {} : { ids: [1] }
  for (const p of Object.values(method.parameters)) if (!('default' in p) && !p.kind) named[p.name] = usual[p.name] ?? null
  return named
}

function example(model, name, method) {
  return [
    `curl ${location.origin}/json/2/${model}/${name} \\`,
    '  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\',
    `  -d '${JSON.stringify(body(method))}'`,
  ].join('\n')
}

// python is the same call with nothing but Python's own library.
function python(model, name, method) {
  return [
    'import json, urllib.request', '',
    `request = urllib.request.Request("${location.origin}/json/2/${model}/${name}",`,
    `    data=json.dumps(${JSON.stringify(body(method)).replaceAll('null', 'None')}).encode(),`,
    '    headers={"Authorization": "Bearer " + KEY, "Content-Type": "application/json"})',
    'answer = json.load(urllib.request.urlopen(request))',
  ].join('\n')
}

const badge = (text, title) => make('span', { className: 'mark', title }, text)

function parameter(p) {
  const cell = 'default' in p ? `= ${JSON.stringify(p.default)}` : p.kind ? '' : 'required'
  return make('tr', {}, make('td', {}, make('code', {}, p.name)), make('td', {}, make('code', {}, cell)), make('td', {}, plain(p.doc)))
}

function method(model, name, m) {
  const parameters = Object.values(m.parameters)
  const api = m.api || []
  const summary = make('summary', {}, make('code', {}, make('strong', {}, name), m.signature))
  if (api.includes('readonly')) summary.append(badge('reads', 'It changes nothing.'))
  if (api.includes('model')) summary.append(badge('no ids', 'It is called on the model, not on records.'))
  const entry = make('details', { id: name }, summary, make('p', {}, plain(m.doc)))
  if (parameters.length) {
    const head = make('tr', {}, make('th', {}, 'Argument'), make('th', {}, 'Default'), make('th', {}, 'Meaning'))
    entry.append(make('table', {}, head, ...parameters.map(parameter)))
  }
  entry.append(make('pre', {}, example(model, name, m)),
    make('details', {}, make('summary', {}, 'In Python'), make('pre', {}, python(model, name, m))))
  if (location.hash === `#${name}`) entry.open = true
  return entry
}

function field(f) {
  const kind = f.relation ? `${f.type} → ${f.relation}` : f.type
  const notes = [f.required && 'required', f.readonly && 'read-only', f.store || 'computed'].filter((x) => typeof x === 'string').join(', ')
  const choices = f.selection ? f.selection.map(([value, label]) => `${value} (${label})`).join(', ') : ''
  return make('tr', {}, make('td', {}, make('code', {}, f.name)), make('td', {}, kind),
    make('td', {}, f.string, ' ', make('small', {}, notes)), make('td', {}, f.help || choices))
}

const section = (title, entries) => (entries.length ? [make('h2', {}, title), ...entries] : [])

// hello is the first page: what a call looks like.
function hello(models) {
  byId('count').textContent = `${models.length} models.`
  byId('first').textContent = example('res.partner', 'search_read', { api: ['model'], parameters: { domain: { name: 'domain' } } })
}

async function show() {
  const name = location.pathname.split('/')[2]
  if (!name || name === 'index.html') return
  const model = await json(`/doc/${name}.json`)
  document.title = `${model.model} – girosync`
  const own = Object.entries(model.methods).sort(([a, x], [b, y]) => (x.module === 'core') - (y.module === 'core') || a.localeCompare(b))
  byId('model').replaceChildren(
    make('h1', {}, model.name, ' ', make('small', {}, make('code', {}, model.model))),
    ...section('Its methods', own.filter(([, m]) => m.module !== 'core').map(([name, m]) => method(model.model, name, m))),
    ...section('Methods that every model has', own.filter(([, m]) => m.module === 'core').map(([name, m]) => method(model.model, name, m))),
    make('h2', {}, 'Fields'), make('table', {},
      make('tr', {}, make('th', {}, 'Field'), make('th', {}, 'Type'), make('th', {}, 'Label'), make('th', {}, 'Meaning, or choices')),
      ...Object.values(model.fields).sort((a, b) => a.name.localeCompare(b.name)).map(field)))
  document.getElementById(location.hash.slice(1))?.scrollIntoView()
}

async function start() {
  const { models } = await json('/doc/index.json')
  byId('search').addEventListener('input', () => list(models))
  list(models)
  if (byId('first')) hello(models)
  await show()
}

start().catch((error) => byId('model').replaceChildren(make('p', { role: 'alert' }, error.message)))
