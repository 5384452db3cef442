// Package emulator is a stand-in for Plaid and the banks behind it, for trying the
// provider out and for tests: `girosync emulate plaid`.
//
// It is written from the vendor's OpenAPI document alone, and knows nothing of the
// provider. Beside the vendor's addresses (/link/token, /item, /accounts,
// /institutions, /transactions, /webhook_verification_key, /sandbox) it has
//
//   - GET  /link/TOKEN         the page to which users are sent; it leads on to
//   - GET  /link/TOKEN/allow   connects a bank, or renews it, and leads back;
//     ?institution=ID chooses another bank than the one that is highlighted
//   - GET  /link/TOKEN/refuse  leaves without that, and leads back
//   - POST /bank/login/REASON  every bank wants its users to log in again, with an
//     error_code_reason such as OAUTH_CONSENT_EXPIRED; "" for none
//   - POST /bank/news          every bank is asked, and every item has news
//   - POST /bank/keys          the key that signs notifications is replaced
//
// Movements follow from the day alone (world.go), and are known when the service has
// asked the bank, which it does every six hours, and by order. What is paid by card is pending
// first and posts two days later under another id; a few are amended after they have
// posted, and a few are removed. A cursor stands for an instant: what changed since is
// told in pages, and when more changes while they are read, they must be read anew.
//
// Notifications go to the webhook of an item, on loopback alone, signed as Plaid does
// (notify.go). [Behaviour] can be changed while it runs, at /_emulator/behaviour (see
// package rest/standin).
package emulator
