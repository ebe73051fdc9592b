/** The dashboard in a real Chromium, as a test looks at it. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Without a look outside, and without what a container lacks. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
/** Generous: these bound a hang, they are no claim about speed. */
const PATIENCE_MS = 30_000;

/** What the page has drawn: how many points, and the last look at the server among them. */
export interface Drawn {
  points: number;
  lifeId: string;
  n: number;
}

/** With a new, empty profile each time. */
export function startBrowser(program: string): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: FLAGS, timeout: 2 * PATIENCE_MS });
}

export class DashboardPage {
  readonly page: Page;
  /** Every request it made. */
  readonly requests: string[] = [];
  /** What went wrong: errors on the console, exceptions, and what its policy forbade. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('request', (request) => {
      this.requests.push(request.url());
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => {
      this.complaints.push(error.message);
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<DashboardPage> {
    const context = await browser.newContext(options);
    await context.addInitScript(
      "addEventListener('securitypolicyviolation', (event) => console.error(`forbidden: ${event.violatedDirective} ${event.blockedURI}`))",
    );
    const made = new DashboardPage(await context.newPage());
    await made.page.goto(url);
    return made;
  }

  /** Without those that only say that the server was not there. */
  get surprises(): string[] {
    return this.complaints.filter((text) => !text.startsWith('Failed to load resource'));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  text(selector: string): Promise<string> {
    return this.page.locator(selector).innerText();
  }

  /** The cells of each row, top down. */
  async rows(of: 'client' | 'event'): Promise<string[][]> {
    return this.page.evaluate(
      `Array.from(document.querySelectorAll('#${of}-rows tr'), (row) => Array.from(row.cells, (cell) => cell.textContent))`,
    );
  }

  /** The data of the events shown, newest first; a row that is no event is the beginning of its text, in brackets. */
  async events(): Promise<string[]> {
    return (await this.rows('event')).map(([first = '', , , data]) => data ?? `(${first.replace(/,.*$/, '')})`);
  }

  async drawn(): Promise<Drawn> {
    const { points = '0', latest = '-0' } = await this.page.evaluate<{ points?: string; latest?: string }>(
      "({ ...document.getElementById('charts').dataset })",
    );
    const [lifeId = '', n = '0'] = latest.split('-');
    return { points: Number(points), lifeId, n: Number(n) };
  }

  /** What stands beside a name in one of its lists. */
  listed(list: 'gone' | 'health', name: string): Promise<string> {
    return this.text(`#${list} > div:has(dt:text-is("${name}")) dd`);
  }
}
