// SPDX-License-Identifier: GPL-3.0-or-later
// replicate.js DOCUMENTS PACKAGES: see run.sh.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const PouchDB = require('pouchdb');

const [documents, packages] = process.argv.slice(2);
const BATCH = 1000;

const freePort = () => new Promise(resolve => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

async function ask(url, options) {
  for (let left = 100; ; left--) {
    try {
      const answer = await fetch(url, options);
      if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
      return;
    } catch (error) {
      if (left === 0 || error.cause?.code !== 'ECONNREFUSED') throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}

const post = (url, body) =>
  ask(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

async function fill(url) {
  let docs = [], bytes = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(documents) })) {
    docs.push(JSON.parse(line));
    bytes += line.length;
    if (docs.length === BATCH) await post(`${url}/_bulk_docs`, { docs: docs.splice(0) });
  }
  if (docs.length) await post(`${url}/_bulk_docs`, { docs });
  return bytes;
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'torg-pouchdb-'));
  const port = await freePort();
  const server = spawn(process.execPath, [path.join(packages, 'node_modules/pouchdb-server/bin/pouchdb-server'),
    '--port', port, '--host', '127.0.0.1', '--dir', folder, '--no-stdout-logs'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const url = `http://127.0.0.1:${port}/company`;
    await ask(url, { method: 'PUT' });
    await fill(url);
    const before = process.memoryUsage().rss, began = process.hrtime.bigint();
    const { docs_written: written } =
      await PouchDB(path.join(folder, 'replica')).replicate.from(url, { batch_size: BATCH, batches_limit: 10 });
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    const grown = process.resourceUsage().maxRSS / 1024 - before / 1048576;
    console.log(JSON.stringify({ seconds, written, memory: grown }));
  } finally {
    server.kill();
    await new Promise(resolve => server.once('exit', resolve));
    fs.rmSync(folder, { recursive: true });
  }
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
