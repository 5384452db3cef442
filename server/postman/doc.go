// Package postman hands over what the outbox of addon/mail holds to a mail server,
// by SMTP. What is written to whom, and when, is decided by addons; how it
// travels is decided here.
//
// An e-mail is claimed in one transaction, sent with none open, and noted as sent
// in another. Several hosts may share a database: a claim is of one e-mail and one
// host. A host that is killed between sending and noting leaves an e-mail that
// another one sends again when the claim has ended, under the same Message-ID:
// e-mail may come twice after a crash, and is never lost.
package postman
