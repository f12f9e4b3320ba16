// pages.mjs: every page in Chromium, as a reviewer may use it: without JavaScript, on a small and a wide screen, by keyboard, with a screen
// reader (axe), and with hostile text in every field.
//
//     node pages.mjs FIXTURE_SERVER
import assert from 'node:assert/strict'
import { run, startBrowser, startServer } from './browser.mjs'

const PAGES = [
  ['the queue', '/review', 200],
  ['the queue, second page', '/review?page=2', 200],
  ['the queue, one reason', '/review?rule=R5', 200],
  ['the queue, a reason that no case has', '/review?rule=R4&page=1', 200],
  ['a full case', '/review/C0000000000001', 200],
  ['a case of hostile text', '/review/C0000000000020', 200],
  ['a case without suspect, orders, records', '/review/C0000000000002', 200],
  ['no such page', '/nowhere', 404],
  ['no such case', '/review/C0000000000077', 404],
  ['a wrong address', '/review?rule=%3Cb%3E', 400],
  ['a failure', '/review/C0000000000099', 500]
]
const WIDTHS = [320, 1280]

const server = await startServer(process.argv[2])
const { browser, AxeBuilder } = await startBrowser()

const contexts = new Map() // one for each screen, so that Chromium starts few processes

async function open (path, { width = 1280, js = false } = {}) {
  const key = `${width} ${js}`
  if (!contexts.has(key)) contexts.set(key, await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: js }))
  const page = await contexts.get(key).newPage()
  page.asked = []
  page.complaints = []
  page.on('request', r => page.asked.push(r.url()))
  page.on('console', m => page.complaints.push(m.text()))
  page.on('pageerror', e => page.complaints.push(String(e)))
  page.on('dialog', d => { page.complaints.push(`dialog: ${d.message()}`); return d.dismiss() })
  page.reply = await page.goto(server.base + path)
  return page
}

async function withPage (path, options, body) {
  const page = await open(path, options)
  try {
    return await body(page)
  } finally {
    await page.close()
  }
}

// A small check of what makes HTML hard to use: ids, language, title, headings, labels, links into the page.
function checkHtml () {
  const wrong = []
  const all = s => [...document.querySelectorAll(s)]
  const ids = all('[id]').map(e => e.id)
  wrong.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `id twice: ${id}`))
  wrong.push(...ids.filter(id => /\s|^$/.test(id)).map(id => `id with a blank: "${id}"`))
  if (document.documentElement.lang !== 'en') wrong.push('no lang')
  if (!/ – Haven$/.test(document.title)) wrong.push(`title: ${document.title}`)
  if (document.compatMode !== 'CSS1Compat') wrong.push('quirks mode')
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} h1`)
  if (all('main').length !== 1) wrong.push(`${all('main').length} main`)
  let level = 0
  for (const h of all('h1,h2,h3,h4,h5,h6')) {
    const next = Number(h.tagName[1])
    if (next > level + 1) wrong.push(`heading jumps from ${level} to ${next}: ${h.textContent.trim()}`)
    if (!h.textContent.trim()) wrong.push('empty heading')
    level = next
  }
  for (const a of all('a[href^="#"]')) if (!document.getElementById(a.getAttribute('href').slice(1))) wrong.push(`leads nowhere: ${a.getAttribute('href')}`)
  for (const e of all('script,style,iframe,[style],[onclick],[onmouseover]')) wrong.push(`forbidden: ${e.outerHTML.slice(0, 80)}`)
  for (const e of all('input,select,textarea')) if (!e.labels.length) wrong.push(`no label: ${e.name}`)
  return wrong
}

async function axeFinds (page) {
  const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  assert.ok(axe.passes.length > 10, 'axe looked at something')
  return axe.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' | ').slice(0, 300)}`)
}

const forEachPage = []
for (const [name, path, status] of PAGES) {
  for (const width of WIDTHS) {
    forEachPage.push([`${name}, ${width} px, without JavaScript`, () => withPage(path, { width }, async page => {
      assert.equal(page.reply.status(), status)
      assert.deepEqual(await page.evaluate(checkHtml), [])
      const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
      assert.ok(wide <= seen, `${wide} px wide on ${seen}`)
    })])
    // axe itself is JavaScript, so this context has it on; the page has none.
    forEachPage.push([`${name}, ${width} px, axe, policy and requests`, () => withPage(path, { width, js: true }, async page => {
      const expected = `Failed to load resource: the server responded with a status of ${status}`
      assert.deepEqual(page.complaints.filter(c => status === 200 || !c.startsWith(expected)), [])
      assert.deepEqual(page.asked.filter(u => !u.startsWith(server.base + '/') || /\.m?js(\?|$)/.test(u)), [])
      assert.equal((await page.context().cookies()).length, 0)
      assert.deepEqual(await axeFinds(page), [])
    })])
  }
}

async function focused (page) {
  return await page.evaluate(() => {
    const e = document.activeElement
    const box = e.getBoundingClientRect()
    const style = getComputedStyle(e)
    const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 221, 0)' ||
      [...e.querySelectorAll('*')].some(c => getComputedStyle(c).backgroundColor === 'rgb(255, 221, 0)')
    return { tag: e.tagName, text: e.innerText.trim().replace(/\s+/g, ' ').slice(0, 60), top: box.top + scrollY, inView: box.bottom > 0 && box.top < innerHeight && box.width > 1, marked }
  })
}

const journeys = [
  ['the skip link is the first stop and leads to the page', () => withPage('/review', {}, async page => {
    await page.keyboard.press('Tab')
    const first = await focused(page)
    assert.equal(first.text, 'Skip to main content')
    assert.ok(first.inView && first.marked)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.equal((await focused(page)).text, 'How this list is ordered')
  })],
  ['focus goes down the page, seen at every stop', () => withPage('/review/C0000000000001', {}, async page => {
    let last = -1
    const stops = []
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const at = await focused(page)
      if (at.tag === 'BODY') break
      assert.ok(at.inView && at.marked, `not seen: ${JSON.stringify(at)}`)
      assert.ok(at.top >= last - 30, `goes up at ${JSON.stringify(at)}`)
      last = at.top
      stops.push(at.text)
    }
    assert.deepEqual(stops.slice(0, 9), ['Skip to main content', 'Haven', 'Review queue', 'Review queue', 'Who', 'Danger to staff', 'What needs you now', 'Orders and custody', 'History'])
    assert.ok(stops.includes('Show 2 more'))
  })],
  ['the filter works without JavaScript and keeps its choice', () => withPage('/review', {}, async page => {
    await page.selectOption('#rule', 'R5')
    await page.click('text=Show >> nth=-1')
    assert.equal(new URL(page.url()).search, '?rule=R5')
    assert.equal(await page.inputValue('#rule'), 'R5')
    assert.match(await page.textContent('#count'), /^4 cases with the reason “Misrecorded” need a person to look\.$/)
    assert.equal(await page.locator('.haven-case').count(), 4)
  })],
  ['pages of the queue hold every case once, the most urgent first', () => withPage('/review', {}, async page => {
    const seen = []
    for (;;) {
      seen.push(...await page.locator('.haven-case .haven-id').allTextContents())
      const next = page.locator('a[rel=next]')
      if (!await next.count()) break
      await next.click()
    }
    assert.equal(seen.length, 45)
    assert.equal(new Set(seen).size, 45)
    assert.equal(seen[0], 'C0000000000001')
    assert.equal((await page.goto(server.base + '/review?page=4')).status(), 404)
  })],
  ['from the queue to a case, its evidence, its line in the history, and back', () => withPage('/review', {}, async page => {
    await page.click('.haven-case__link >> nth=0')
    assert.match(page.url(), /\/review\/C0000000000001$/)
    assert.deepEqual(await page.locator('main h2').allTextContents(), ['Who', 'Danger to staff', 'What needs you now', 'Orders and custody', 'History'])
    await page.click('text=Show 2 more')
    assert.ok(await page.locator('text=Contact through others').isVisible())
    await page.click('#reason-1 >> text=Line 10 of the history')
    assert.match(page.url(), /#line-10$/)
    assert.match(await page.textContent('#line-10'), /PIN-88213/)
    await page.click('nav[aria-label=Breadcrumb] a')
    assert.match(page.url(), /\/review$/)
  })],
  ['victim and suspect differ by word and by shape', () => withPage('/review/C0000000000001', {}, async page => {
    const shapes = await page.evaluate(() => ['victim', 'suspect'].map(who => {
      const box = document.querySelector(`.haven-person--${who}`)
      const mark = getComputedStyle(box.querySelector('.haven-person__role'), '::before')
      return [box.querySelector('.haven-person__role').textContent, mark.borderRadius, getComputedStyle(box).borderTopLeftRadius]
    }))
    assert.deepEqual(shapes, [['Victim', '50%', '16px'], ['Suspect', '0px', '0px']])
  })],
  ['what is said of a person stands one a line, dates in words', () => withPage('/review/C0000000000001', {}, async page => {
    const said = await page.locator('.haven-person--victim dd').allTextContents()
    assert.equal(said[0], '19 March 2001 (4)\n2001 (1)')
    assert.equal(said[2], '07700 900111 (3)\n07700 900287 (1)')
  })],
  ['every reason names its rule, and every line its source and whether it is fact', () => withPage('/review/C0000000000001', {}, async page => {
    for (const reason of await page.locator('.haven-reason').all()) {
      assert.match(await reason.textContent(), /Rule R\d/)
      assert.match(await reason.textContent(), /Why this is a rule: \S/)
      assert.ok(await reason.locator('.haven-evidence__item').count() > 0)
    }
    const lines = await page.locator('.haven-line').allTextContents()
    assert.equal(lines.length, 11)
    for (const line of lines) {
      assert.match(line, /Source: [^,]+, [^,]+, record \S+\./)
      assert.match(line, /Fact|Opinion|Intelligence/)
    }
  })],
  ['hostile text is shown as text', () => withPage('/review/C0000000000020', { js: true }, async page => {
    assert.equal(await page.locator('script').count(), 0)
    assert.ok((await page.textContent('h1')).includes('<script>alert(1)</script>" onmouseover=\'x\' &lt;'))
    assert.deepEqual(page.complaints, [])
  })],
  ['no title or address holds a name', async () => {
    for (const [, path] of PAGES) {
      await withPage(path, {}, async page => {
        assert.doesNotMatch(await page.title() + page.url(), /Strand|Rathore|Amelia|script/i)
      })
    }
  }],
  ['/ leads to the queue, and the icon is ours', () => withPage('/', {}, async page => {
    assert.equal(page.url(), server.base + '/review')
    const icon = await page.getAttribute('link[rel=icon]', 'href')
    assert.equal((await page.request.get(server.base + icon)).headers()['content-type'], 'image/svg+xml')
  })],
  ['the server stops when told', async () => {
    await browser.close()
    assert.equal(await server.stop(), 0)
  }]
]

process.exit(await run([...forEachPage, ...journeys]) ? 1 : 0)
