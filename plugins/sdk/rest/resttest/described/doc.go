// Package described holds traffic against the description that a vendor
// publishes of a service (OpenAPI 3): what a provider asks, and what its stand-in
// answers, is as the vendor says, or the test fails.
//
//	gate := described.Open(t, "../shared/apis/mybank/openapi.yml", nil, "$.body.extras.*")
//	provider := mybank.New(mybank.Options{Transport: gate})
//
// It is for tests alone. Everything of a request counts – method, path, query,
// headers, body – and of an answer status, and body; also what the description
// does not name at all. A document is read once for all tests of a program.
//
// It stands apart from package resttest, so that only those who use it take the
// library for OpenAPI along. That takes minutes to compile, so the gate is part of
// builds with the tag "described" alone (make described); in others its tests are
// skipped, and those of providers run without it.
package described
