// Package standin is what emulators of services share: stand-ins on loopback for
// trying a provider out, and for tests. An emulator knows its service's protocol
// and world; from here it has a clock that can be moved ([Clock]), faults on
// demand, and its serving ([Serve], and `girosync emulate NAME`).
//
// Every stand-in has these addresses beside those of its service:
//
//   - GET  /_emulator/clock     tells the clock: {"now": "2026-03-17T12:00:00Z"}
//   - POST /_emulator/clock     moves it: {"advance": "24h"} or {"now": "…"}
//   - POST /_emulator/fail      lets requests fail: {"path": "/accounts", "status": 503,
//     "times": 2, "header": {"Retry-After": "1"}, "body": "…"}
//   - DELETE /_emulator/fail    lets no more of them fail
//   - GET  /_emulator/requests  counts requests by method and path
//   - GET  /_emulator/truth     tells what the banks have now, whatever the service tells of
//     it: accounts with balance, posted and pending lines ([Account])
//   - POST /_emulator/amend     changes a posted line: {"id": "…", "amount": "-12.34"}
//   - POST /_emulator/remove    takes a posted line back: {"id": "…"}
//   - GET, POST /_emulator/behaviour  tells or changes what the emulator calls its behaviour
package standin
