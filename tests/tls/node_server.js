// A server of Node. Usage: node node_server.js PORT PEM LOWEST HIGHEST SUITES (OpenSSL's names)
const https = require("https"), fs = require("fs");
const [port, pem, minVersion, maxVersion, ciphers] = process.argv.slice(2);
const key = fs.readFileSync(pem);
https.createServer({ key, cert: key, minVersion, maxVersion, ciphers, honorCipherOrder: true }, (_, answer) => answer.end("ok")).listen(Number(port), "127.0.0.1");
