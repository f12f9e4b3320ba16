// pages.mjs: the report in Chromium, opened from disk with the network cut: pictures are drawn, nothing is asked for, the policy holds, axe finds nothing,
// without JavaScript every table is there; and its numbers are those of the other commands.
//
//     node pages.mjs HAVEN SOURCE_ROOT
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, startBrowser } from '../web/browser.mjs'

const [haven, root] = process.argv.slice(2)
const data = join(root, 'tests/data/linkage')
const folder = mkdtempSync(join(tmpdir(), 'haven-report-'))
const fake = ['--model', join(root, 'models/examples/fake_1000.json'), join(data, 'fake_1000.csv')]
const febrl = ['--model', join(root, 'models/examples/febrl_link.json'), join(data, 'febrl4a.csv'), join(data, 'febrl4b.csv')]

function ask (command, ...args) {
  return execFileSync(haven, ['link', command, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
}
const json = (...args) => JSON.parse(ask(...args, '--json'))

// A file whose every name and value would like to be something else.
const HOSTILE = '</script><script>document.title="taken"</script><img src=x onerror=alert(1)>'
function hostile () {
  const column = 'na<i>me'
  const model = {
    link_type: 'dedupe_only', unique_id_column_name: 'unique_id', sql_dialect: 'duckdb', probability_two_random_records_match: 0.01, haven_threshold_weight: 1,
    blocking_rules_to_generate_predictions: ['l.dob = r.dob', `l."${column}" = r."${column}" and '${HOSTILE}' <> ''`],
    comparisons: [
      {
        output_column_name: HOSTILE + '"\'\u2028\u2029&',
        comparison_levels: [
          { sql_condition: `"${column}_l" IS NULL OR "${column}_r" IS NULL`, is_null_level: true, label_for_charts: 'null' },
          { sql_condition: `"${column}_l" = "${column}_r"`, label_for_charts: HOSTILE, m_probability: 0.9, u_probability: 0.01, tf_adjustment_column: column },
          { sql_condition: 'ELSE', label_for_charts: 'else', m_probability: 0.1, u_probability: 0.99 }
        ]
      }
    ],
    haven_veto: [{ condition: 'dob_l = \'1900\' AND dob_r = \'1900\'', label: 'a date of nobody' }]
  }
  const cell = s => `"${s.replaceAll('"', '""')}"`
  const rows = ['unique_id,' + cell(column) + ',dob']
  for (let i = 0; i < 12; i++) rows.push([cell(`${i}${HOSTILE}`), cell(`${HOSTILE}"'\`\u2028${i % 4}`), i < 8 ? '1970' : '1900'].join(','))
  writeFileSync(join(folder, 'hostile.json'), JSON.stringify(model))
  writeFileSync(join(folder, 'a<b>&"c.csv'), rows.join('\n') + '\n')
  return ['--model', join(folder, 'hostile.json'), join(folder, 'a<b>&"c.csv')]
}

// Labelled pairs: all of some persons, neighbours in the file that are two, and scores on both sides of --score.
function labels () {
  const records = readFileSync(join(data, 'fake_1000.csv'), 'utf8').trim().split('\n').slice(1).map(line => line.split(',')).map(f => ({ id: f[0], person: f.at(-1) }))
  const rows = ['unique_id_l,unique_id_r,clerical_match_score']
  for (let i = 0; i < 400; i++) {
    for (const k of [1, 2, 3, 17, 130]) {
      const [l, r] = [records[i], records[i + k]]
      if (i % 3 !== 0 || l.person === r.person) rows.push(`${l.id},${r.id},${l.person === r.person ? (i % 2 ? 1 : 0.6) : i % 2 ? 0 : 0.55}`)
    }
  }
  const path = join(folder, 'labels.csv')
  writeFileSync(path, rows.join('\n') + '\n')
  return path
}

const REPORTS = [
  ['fake_1000', [...fake, '--truth', 'cluster', '--pair', '0,1', '--with-values']],
  ['labels', [...fake, '--labels', labels(), '--score', '0.6']],
  ['two files', [...febrl]],
  ['hostile', [...hostile(), '--with-values']]
]
for (const [name, args] of REPORTS) ask('report', ...args, '-o', join(folder, `${name}.html`))

const { browser, AxeBuilder } = await startBrowser()

async function withPage (name, { js = true, width = 1280, media = 'screen' }, body) {
  const context = await browser.newContext({ javaScriptEnabled: js, viewport: { width, height: 900 }, offline: true })
  const page = await context.newPage()
  page.asked = []
  page.complaints = []
  page.on('request', r => page.asked.push(r.url()))
  page.on('console', m => page.complaints.push(m.text()))
  page.on('pageerror', e => page.complaints.push(String(e)))
  page.on('dialog', d => { page.complaints.push('dialog'); return d.dismiss() })
  await page.emulateMedia({ media })
  try {
    if (js) await page.addInitScript(() => addEventListener('securitypolicyviolation', e => console.log(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`)))
    await page.goto(`file://${join(folder, encodeURIComponent(`${name}.html`))}`)
    if (js) await page.waitForFunction(() => document.documentElement.dataset.drawn)
    return await body(page)
  } finally {
    await context.close()
  }
}

// A table's rows: by data-key, numbers from data-v.
const table = (page, id) => page.evaluate(id => {
  const t = document.getElementById(id)
  const keys = [...t.tHead.rows[0].cells].map(c => c.dataset.key || c.textContent)
  return [...t.tBodies[0].rows].map(r => Object.fromEntries(keys.map((k, i) => [k, r.cells[i].dataset.v !== undefined ? Number(r.cells[i].dataset.v) : r.cells[i].textContent])))
}, id)

const near = (a, b, what) => assert.ok(Math.abs(a - b) <= 5.0001e-7, `${what}: ${a} and ${b}`) // commands print six decimals

function checkHtml () {
  const wrong = []
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id)
  wrong.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `id twice: ${id}`))
  let level = 0
  for (const h of document.querySelectorAll('h1,h2,h3,h4')) {
    const next = Number(h.tagName[1])
    if (next > level + 1) wrong.push(`heading jumps from ${level} to ${next}: ${h.textContent}`)
    level = next
  }
  for (const a of document.querySelectorAll('a')) if (!document.getElementById(a.getAttribute('href').slice(1))) wrong.push(`leads nowhere: ${a.getAttribute('href')}`)
  for (const t of document.querySelectorAll('table')) if (!t.caption || !t.caption.textContent.trim()) wrong.push(`no caption: ${t.id}`)
  if (document.querySelectorAll('script').length !== 1 || document.querySelectorAll('style').length !== 1) wrong.push('scripts or styles')
  if (document.querySelector('img,iframe,object,link,[onerror]')) wrong.push('a foreign element')
  return wrong
}

async function axeFinds (page) {
  const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  assert.ok(axe.passes.length > 10, 'axe looked at something')
  return axe.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' | ').slice(0, 300)}`)
}

const cases = []
for (const [name] of REPORTS) {
  for (const width of ['fake_1000', 'hostile'].includes(name) ? [320, 1280] : [1280]) {
    cases.push([`${name}, ${width} px: pictures are drawn, nothing is asked for, the policy holds, axe finds nothing`, () => withPage(name, { width }, async page => {
      const bare = await page.evaluate(() => [...document.querySelectorAll('.haven-picture')].filter(p => !p.closest('[hidden]') && p.querySelectorAll('svg path, svg rect').length < 2).map(p => p.id))
      assert.deepEqual(bare, [])
      assert.deepEqual(page.asked.filter(u => !u.startsWith('file://')), [])
      assert.equal(page.asked.length, 1)
      assert.deepEqual(page.complaints, [])
      assert.deepEqual(await page.evaluate(checkHtml), [])
      const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
      assert.ok(wide <= seen, `${wide} px wide on ${seen}`)
      assert.deepEqual(await axeFinds(page), [])
      assert.notEqual(await page.title(), 'taken')
    })])
  }
  const whole = ['fake_1000', 'hostile'].includes(name) // the others differ by few sections only
  if (whole) cases.push([`${name}: every pair can be chosen, and is drawn`, () => withPage(name, {}, async page => {
    const pairs = await page.$$eval('#choose-pair option', all => all.map(o => o.value))
    assert.ok(pairs.length > 2)
    for (const pair of pairs) {
      await page.selectOption('#choose-pair', pair)
      await page.waitForFunction(id => document.querySelector(`#${id} svg path`), pair)
      assert.deepEqual(await page.$$eval('.haven-pair', all => all.filter(p => !p.hidden).map(p => p.id)), [pair])
    }
    assert.deepEqual(page.complaints, [])
  })])
  cases.push([`${name}: without JavaScript every table is seen, and no control that does nothing`, () => withPage(name, { js: false }, async page => {
    const seen = await page.$$eval('table', all => all.map(t => [t.id, t.getBoundingClientRect().height > 0]))
    assert.ok(seen.length > 15, `${seen.length} tables`)
    assert.deepEqual(seen.filter(t => !t[1]), [])
    assert.equal(await page.$$eval('select, input', all => all.filter(e => e.getBoundingClientRect().height > 0).length), 0)
  })])
  if (whole) cases.push([`${name}: on paper too`, () => withPage(name, { media: 'print' }, async page => {
    const pdf = await page.pdf()
    assert.ok(pdf.length > 20000)
    const shut = await page.evaluate(() => { dispatchEvent(new Event('beforeprint')); return [...document.querySelectorAll('details')].filter(d => !d.open).length })
    assert.equal(shut, 0)
  })])
}

cases.push(['the numbers of a pair are those of haven link explain', () => withPage('fake_1000', {}, async page => {
  const want = json('explain', '--pair', '0,1', ...fake)
  const got = await table(page, 'pair-1-table')
  assert.equal(got.length, want.length + 1)
  want.forEach((w, i) => {
    if (i > 0) assert.equal(got[i].comparison, w.comparison)
    if (i > 0) assert.equal(got[i].level, w.level)
    near(got[i].weight, w.match_weight, 'weight')
    if (i > 0) near(got[i].frequency, w.tf_adjustment, 'frequency')
    near(got[i].sum, w.running_weight, 'sum')
  })
  near(got.at(-1).sum, want.at(-1).running_weight, 'match weight')
})])

cases.push(['so are those of blocking', () => withPage('fake_1000', {}, async page => {
  const want = json('blocking', ...fake)
  const got = await table(page, 'blocking')
  assert.deepEqual(got.map(r => [r.rule, r.pairs, r.blocks, r.largest, r.left, r.left_pairs, r.condition]),
    want.map(r => [r.rule, r.comparisons, r.blocks, r.largest_block, r.left_out_blocks, r.left_out_comparisons, r.condition]))
})])

cases.push(['and those of predict and evaluate', () => withPage('fake_1000', {}, async page => {
  const weights = ask('predict', ...fake).trim().split('\n').slice(1).map(line => Number(line.split(',')[0]))
  const rows = await table(page, 'thresholds')
  assert.ok(rows.length > 20)
  for (const r of rows) assert.equal(r.links, weights.filter(w => w >= r.threshold).length)
  const bars = await table(page, 'histogram')
  for (const b of bars) assert.equal(b.pairs, weights.filter(w => w >= b.from && w < b.to).length)
  assert.equal(bars.reduce((sum, b) => sum + b.pairs, 0), weights.length)
  for (const threshold of [-4, 1, 8]) {
    const want = json('evaluate', '--truth', 'cluster', '--on', 'edges', '--threshold-weight', String(threshold), ...fake)
    const got = rows.find(r => r.threshold === threshold)
    for (const key of ['precision', 'recall', 'f1']) near(got[key], want[key], key)
    assert.equal(got.right, want.right_pairs)
  }
  const clusters = ask('cluster', '--threshold-weight', '4', ...fake).trim().split('\n').slice(1).map(line => line.split(',')[0])
  assert.equal(rows.find(r => r.threshold === 4).clusters, new Set(clusters).size)
  const sizes = await table(page, 'sizes')
  assert.equal(sizes.reduce((sum, r) => sum + r.records, 0), 1000)
})])

// Splink's thresholds are rounded weights: at a step of 0.01, the row of a threshold is the first at or above it.
cases.push(['accuracy is that of haven link accuracy, from a truth and from labels', async () => {
  for (const [name, args] of [['fake_1000', ['--truth', 'cluster']], ['labels', ['--labels', join(folder, 'labels.csv'), '--score', '0.6']]]) {
    const want = json('accuracy', ...args, '--step', '0.01', ...fake)
    await withPage(name, {}, async page => {
      const rows = (await table(page, 'thresholds')).filter(r => typeof r.precision === 'number')
      assert.ok(rows.length > 20)
      let compared = 0
      for (const r of rows) {
        const w = want.find(w => w.threshold_weight >= r.threshold - 1e-9)
        if (Math.abs(w.threshold_weight - r.threshold) < 0.02) continue // rounded over the threshold, perhaps
        assert.deepEqual([r.right, r.wrong, r.missed], [w.tp, w.fp, w.fn], `${name}, ${r.threshold}`)
        for (const [mine, theirs] of [['precision', 'precision'], ['recall', 'recall'], ['f1', 'f1'], ['fpr', 'fp_rate']]) near(r[mine], w[theirs], `${name}, ${r.threshold}: ${mine}`)
        compared++
      }
      assert.ok(compared > rows.length / 2, `${compared} of ${rows.length} rows`)
    })
  }
}])

cases.push(['the largest blocks are those of haven link blocking, their values only when asked for', async () => {
  const want = json('blocking', '--largest', '5', ...fake)
  await withPage('fake_1000', {}, async page => {
    const got = await table(page, 'largest-blocks')
    assert.deepEqual(got.map(r => [r.rule, r.left, r.right, r.pairs]), want.map(w => [w.rule, w.count_l, w.count_r, w.comparisons]))
    assert.deepEqual(got.map(r => r['What they agree on']), want.map(w => w.key.replaceAll(' and ', ', ')))
  })
  await withPage('labels', {}, async page => {
    assert.deepEqual((await table(page, 'largest-blocks')).map(r => Object.keys(r)), want.map(() => ['rule', 'left', 'right', 'pairs']))
    assert.ok(!(await page.content()).includes(`>${want[0].key}<`))
  })
}])

cases.push(['a truth and labels at once, and a score without labels, are refused', async () => {
  const both = ['--truth', 'cluster', '--labels', join(folder, 'labels.csv')]
  assert.throws(() => ask('report', ...both, ...fake), /--truth COLUMN \(a column of the files\), or --labels PAIRS\.csv, one of the two/)
  assert.throws(() => ask('report', '--score', '0.4', ...fake), /--score belongs to --labels/)
}])

cases.push(['the slider reads out the row that it stands on', () => withPage('fake_1000', {}, async page => {
  const rows = await table(page, 'thresholds')
  await page.focus('#slider')
  assert.match(await page.textContent('#slider-readout'), /Threshold 1\.0/)
  await page.keyboard.press('ArrowRight')
  const after = rows[rows.findIndex(r => r.threshold === 1) + 1]
  assert.ok((await page.textContent('#slider-readout')).includes(`Links ${after.links.toLocaleString('en-GB')}`))
  await page.keyboard.press('Home')
  assert.match(await page.getAttribute('#slider', 'aria-valuetext'), /match weight/)
})])

cases.push(['a file of 5,000 rows is under 2.5 MB, and the same twice', async () => {
  const one = join(folder, 'two files.html')
  ask('report', ...febrl, '--threads', '2', '-o', join(folder, 'again.html'))
  assert.ok(statSync(one).size < 2.5e6, `${statSync(one).size} bytes`)
  assert.ok(readFileSync(one).equals(readFileSync(join(folder, 'again.html'))))
}])

const failed = await run(cases)
await browser.close()
rmSync(folder, { recursive: true })
process.exit(failed ? 1 : 0)
