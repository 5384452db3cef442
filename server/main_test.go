package server_test

import (
	"os"
	"testing"

	"github.com/girosync/girosync/server/servertest"
)

func TestMain(m *testing.M) { os.Exit(servertest.Main(m)) }
