// Package emulator is a stand-in for Enable Banking and the banks behind it, for
// trying the provider out and for tests: `girosync emulate enablebanking`.
//
// It is written from the vendor's OpenAPI document alone, and knows nothing of the
// provider. Beside the vendor's addresses (/aspsps, /auth, /sessions, /accounts,
// /application) it has
//
//   - GET  /bank/ID           the page to which users are sent; it leads on to
//   - GET  /bank/ID/allow     gives the consent, and leads back
//   - GET  /bank/ID/refuse    refuses it, and leads back
//   - POST /bank/sessions/S   gives every session the status S, such as REVOKED
//
// Every bank has a way of its own (banks.go): without references, without days,
// with a short period, empty pages, keys that do not end, a limit of requests, a
// short consent. Movements follow from the day alone. What is paid by card is
// pending first and posts two days later under another reference.
//
// [Behaviour] can be changed while it runs, at /_emulator/behaviour (see package
// rest/standin).
package emulator
