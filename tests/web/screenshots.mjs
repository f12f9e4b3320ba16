// screenshots.mjs: the README's pictures: the queue, and of its first page the case with most reasons and a known suspect.
//
//     node screenshots.mjs BASE_URL FOLDER        BASE_URL: a `haven serve` on a demonstration hub, or the fixture server
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowser } from './browser.mjs'

const [base, folder] = process.argv.slice(2)
const MAX_BYTES = 200000 // half of what a page shows has to fit, so the scale is three quarters
const { browser } = await startBrowser()
const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, deviceScaleFactor: 0.75, javaScriptEnabled: false })
mkdirSync(folder, { recursive: true })

async function shoot (name, height) {
  const path = join(folder, name)
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width: 1100, height } })
  const bytes = statSync(path).size
  console.log(`${path}: ${bytes} bytes`)
  if (bytes >= MAX_BYTES) process.exitCode = 1
}

await page.goto(`${base}/review`)
await shoot('review-queue.png', 1500)
const href = await page.evaluate(() => [...document.querySelectorAll('.haven-case:not(:has(.haven-who--unknown))')]
  .sort((a, b) => b.querySelectorAll('.haven-reasons li').length - a.querySelectorAll('.haven-reasons li').length)[0]
  .querySelector('.haven-case__link').getAttribute('href'))
await page.goto(base + href)
await shoot('review-case.png', 2050)
await browser.close()
