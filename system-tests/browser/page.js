// Clicks through the sample's page, and looks at the report of the shutdown that it causes, as somebody would who tries the
// sample. Usage: node page.js CHROMIUM URL REPORTS SCREENSHOTS clean|forced
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const [executablePath, url, reports, screenshots, outcome] = process.argv.slice(2);
const CLEAN = { ms: '4000', requests: 3, lost: 0, report: ['clean', 'lame-duck', 'drain', 'release'] };
const FORCED = { ms: '60000', requests: 2, lost: 2, report: ['forced', 'cut off', 'POST /slow', 'WorkController'] };
const PHONE = { width: 390, height: 844 };

async function main() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const forced = outcome === 'forced';
    const page = await open(browser, url, forced ? { colorScheme: 'dark', viewport: PHONE } : { colorScheme: 'light' });
    await visit(page);
    const expected = forced ? FORCED : CLEAN;
    const stages = await stop(page, expected);
    const report = reportPage(await findReport());
    for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }],
      ['phone', { colorScheme: 'dark', viewport: PHONE }]]) {
      await lookAtReport(browser, report, expected, name, options);
    }
    console.log(`stages seen: ${stages.join(', ')}`);
  }
  finally {
    await browser.close();
  }
}

/** Opens a page in a window of its own. An error of its script fails the run. */
async function open(browser, address, options) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(address);
  return page;
}

/** Waits until an element has a text. */
function until(page, selector, text) {
  return page.waitForFunction(([selector, text]) => document.querySelector(selector).textContent.includes(text),
    [selector, text]);
}

async function visit(page) {
  await until(page, '#readiness', '200 UP');
  await page.waitForSelector('#shutdown:not([hidden])');
  await page.fill('[name=item]', 'tea <b>&');
  await page.click('#order button');
  await until(page, '#placed', 'placed');
  assert.strictEqual(await page.locator('#orders b').count(), 0, 'an item is text, not HTML');
  await page.click('[data-action=lame-duck]');
  await until(page, '#readiness', '503');
  await until(page, '#budget', 'lame duck for maintenance');
  await look(page, 'lame-duck');
  await page.click('[data-action=resume]');
  await until(page, '#readiness', '200 UP');
  await fits(page);
}

/** Stops the service with requests in flight, and returns the stages that the page showed on the way. */
async function stop(page, { ms, requests, lost }) {
  await page.fill('#ms', ms);
  await page.fill('#count', String(requests));
  await page.click('#fire');
  await until(page, '#tasks', 'POST /slow');
  const seen = [];
  await page.exposeFunction('stageSeen', async (stage) => {
    if (!seen.includes(stage)) {
      seen.push(stage);
      await look(page, `stage-${stage}`);
    }
  });
  await page.evaluate(() => new MutationObserver(() => {
    const now = document.querySelector('.stage.now b');
    if (now) {
      window.stageSeen(now.textContent);
    }
  }).observe(document.getElementById('stages'), { childList: true }));
  await page.click('[data-action=stop]');
  await until(page, '#acted', 'stops');
  await until(page, '#readiness', '503');
  await until(page, '#answered', String(requests - lost));
  await until(page, '#readiness', 'not reachable');
  await until(page, '#lost', String(lost));
  if (lost === 0) {
    await until(page, '#streams', 'last event');
  }
  await fits(page);
  await look(page, 'stopped');
  assert.ok(seen.length > 0, 'the page showed the stages as they went');
  return seen;
}

/** The process writes it last of all, after its last answer. */
async function findReport() {
  for (let i = 0; i < 100; i++) {
    const name = fs.readdirSync(reports).find((file) => file.endsWith('.json'));
    if (name && JSON.parse(fs.readFileSync(path.join(reports, name), 'utf8')).outcome !== 'unfinished') {
      return name;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`There is no finished report in ${reports}`);
}

const reportPage = (json) => pathToFileURL(path.join(reports, json.replace(/json$/, 'html'))).href;

async function lookAtReport(browser, address, { report }, name, options) {
  const page = await open(browser, address, options);
  const text = await page.textContent('body');
  for (const expected of report) {
    assert.ok(text.toLowerCase().includes(expected.toLowerCase()), `the report says '${expected}':\n${text}`);
  }
  await fits(page);
  await look(page, `report-${name}`);
}

/** On no screen has one to scroll sideways. */
async function fits(page) {
  const size = page.viewportSize();
  for (const viewport of [size, PHONE]) {
    await page.setViewportSize(viewport);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${width} px are shown on ${viewport.width}`);
  }
  await page.setViewportSize(size);
}

function look(page, name) {
  return page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
