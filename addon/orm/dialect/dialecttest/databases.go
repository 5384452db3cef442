package dialecttest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Empty is the database of every server that NewDatabase copies for an empty one.
const Empty = "template1"

// NewDatabase makes a database on a test server, a copy of another one that
// nobody is connected to, and returns its url. It stays until drop is called, or
// the private server ends.
func NewDatabase(server, template string) (address string, drop func(), err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, err
	}
	name := "test_" + strings.ToLower(rand.Text())
	u.Path = "/" + name
	if err := onServer(server, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", nil, fmt.Errorf("copy database %s: %w", template, err)
	}
	return u.String(), func() { _ = onServer(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }, nil
}

// Named is the name of the database that a url leads to.
func Named(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(u.Path, "/"), nil
}

func onServer(server, statement string) error {
	ctx := context.Background() // also after a test
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
