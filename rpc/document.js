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

function matches(model, word) {
  const all = [model.model, model.name, ...Object.keys(model.fields), ...model.methods]
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

function example(model, name, method) {
  const body = {}
  if (!(method.api || []).includes('model')) body.ids = [1]
  for (const p of Object.values(method.parameters)) if (!('default' in p) && !p.kind) body[p.name] = p.name === 'domain' ? [] : null
  return `curl ${location.origin}/json/2/${model}/${name} \\\n  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\\n  -d '${JSON.stringify(body)}'`
}

function parameter(p) {
  const cell = 'default' in p ? `= ${JSON.stringify(p.default)}` : p.kind ? '' : 'required'
  return make('tr', {}, make('td', {}, make('code', {}, p.name)), make('td', {}, make('code', {}, cell)), make('td', {}, plain(p.doc)))
}

function method(model, name, m) {
  const parameters = Object.values(m.parameters)
  const entry = make('details', { id: name },
    make('summary', {}, make('code', {}, name + m.signature)),
    make('p', {}, plain(m.doc)))
  if (parameters.length) entry.append(make('table', {}, ...parameters.map(parameter)))
  entry.append(make('pre', {}, example(model, name, m)))
  if (location.hash === `#${name}`) entry.open = true
  return entry
}

function field(f) {
  const kind = f.relation ? `${f.type} → ${f.relation}` : f.type
  const notes = [f.required && 'required', f.readonly && 'read-only', f.store || 'computed'].filter((x) => typeof x === 'string').join(', ')
  const choices = f.selection ? f.selection.map(([value, label]) => `${value} (${label})`).join(', ') : ''
  return make('tr', {}, make('td', {}, make('code', {}, f.name)), make('td', {}, kind), make('td', {}, f.string, ' ', make('small', {}, notes)),
    make('td', {}, f.help || choices))
}

async function show() {
  const name = location.pathname.split('/')[2]
  if (!name || name === 'index.html') return
  const model = await json(`/doc/${name}.json`)
  document.title = `${model.model} – girosync`
  const own = Object.entries(model.methods).sort(([a, x], [b, y]) => (x.module === 'core') - (y.module === 'core') || a.localeCompare(b))
  byId('model').replaceChildren(
    make('h1', {}, model.name, ' ', make('small', {}, make('code', {}, model.model))),
    make('h2', {}, 'Methods'), ...own.map(([name, m]) => method(model.model, name, m)),
    make('h2', {}, 'Fields'), make('table', {}, ...Object.values(model.fields).sort((a, b) => a.name.localeCompare(b.name)).map(field)))
}

async function start() {
  const { models } = await json('/doc/index.json')
  byId('search').addEventListener('input', () => list(models))
  list(models)
  await show()
}

start().catch((error) => byId('model').replaceChildren(make('p', { role: 'alert' }, error.message)))
