// govuk.mjs: our partials are GOV.UK Frontend's components: their HTML equals the package's own fixtures, blanks and the order of attributes apart.
//
//     node govuk.mjs PRINT_PARTIALS
//
// So an update of the package that changes a component fails here until the partial follows.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const COMPONENTS = new URL('../../node_modules/govuk-frontend/dist/govuk/components/', import.meta.url)
if (!existsSync(COMPONENTS)) {
  console.log('Bail out! govuk-frontend is not installed: run npm ci in the project\'s folder')
  process.exit(1)
}

function normal (html) {
  return html
    .replace(/<([a-z0-9-]+)((?:\s+[^<>\s=]+(?:="[^"]*")?)*)\s*\/?>/g, (_, tag, attributes) =>
      `<${[tag, ...(attributes.match(/[^\s=]+(?:="[^"]*")?/g) || []).sort()].join(' ')}>`)
    .replace(/\s+/g, ' ').replace(/ ?(<[^>]+>) ?/g, '$1').trim()
}

function fixture (component, name) {
  const all = JSON.parse(readFileSync(new URL(`${component}/fixtures.json`, COMPONENTS))).fixtures
  return all.find(f => f.name === name).html
}

const ours = Object.fromEntries(execFileSync(process.argv[2], { encoding: 'utf8' }).split(/^== /m).slice(1)
  .map(part => [part.slice(0, part.indexOf('\n')), normal(part.slice(part.indexOf('\n')))]))

// [ours, component, fixture, changes to the fixture: what its data says and ours does not]
const WHOLE = [
  ['tag', 'tag', 'default'],
  ['tag grey', 'tag', 'grey'],
  ['inset-text', 'inset-text', 'default'],
  ['warning-text', 'warning-text', 'default'],
  ['pagination', 'pagination', 'default'],
  ['summary-list', 'summary-list', 'default', h => h.replace(/<div class="govuk-summary-list__row">\s*<dt[^>]*>\s*Contact information[\s\S]*$/, '</dl>')]
]
// Parts of the frame; we have no JavaScript, so no data-module.
const PARTS = [
  ['frame with breadcrumbs', 'skip-link', 'default', h => h.replace('#test-target-element', '#main-content').replace('data-module="govuk-skip-link"', '')],
  ['frame with breadcrumbs', 'generic-header', 'default', h => h.replace('My cool service', 'Haven')],
  ['frame with breadcrumbs', 'breadcrumbs', 'default', h => h.replace(/<li[^>]*>\s*<a[^>]*sub-section"[\s\S]*<\/li>/, '')],
  ['frame with back link', 'back-link', 'default', h => h.replace('href="#"', 'href="/previous"')]
]

let failed = 0
console.log(`1..${WHOLE.length + PARTS.length}`)
for (const [i, [name, component, which, change = h => h]] of [...WHOLE, ...PARTS].entries()) {
  const want = normal(change(fixture(component, which)))
  try {
    if (i < WHOLE.length) assert.equal(ours[name], want)
    else assert.ok(ours[name].includes(want), `not in the frame: ${want}`)
    console.log(`ok ${i + 1} ${component}, ${which}`)
  } catch (e) {
    failed++
    console.log(`not ok ${i + 1} ${component}, ${which}\n${e.message.replace(/^/gm, '# ')}`)
  }
}
process.exit(failed ? 1 : 0)
