package sdktest

import (
	"bytes"
	"errors"
	"sync"

	"github.com/girosync/girosync/plugins/sdk"
)

// errNotKept is what the host says when it cannot keep a secret.
var errNotKept = errors.New("the host's disk is full")

// kept is what a host keeps of one connection: its secret, of which the last one
// that was saved counts.
type kept struct {
	mu      sync.Mutex // secrets may change in calls at the same time
	secret  []byte
	every   [][]byte // that it ever had
	failing int      // so many of the next savings fail
	lost    [][]byte // what those that failed would have saved
}

// save is a call's SaveSecret.
func (k *kept) save(secret []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failing > 0 {
		k.failing--
		k.lost = append(k.lost, bytes.Clone(secret))
		return errNotKept
	}
	k.put(secret)
	return nil
}

func (k *kept) put(secret []byte) {
	k.secret = bytes.Clone(secret)
	if k.secret == nil && secret != nil {
		k.secret = []byte{}
	}
	k.every = append(k.every, k.secret)
}

// begins is the secret of a connection that was just made.
func (k *kept) begins(secret []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.put(secret)
}

func (k *kept) last() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.secret
}

// fails makes the next n savings fail; what they would have saved is forgotten.
func (k *kept) fails(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failing, k.lost = n, nil
}

// missed is what could not be saved since fails.
func (k *kept) missed() [][]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lost
}

// had are all secrets that the connection ever had.
func (k *kept) had() [][]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([][]byte{}, k.every...)
}

// call is the common part of a request on behalf of the connection under examination.
func (r *run) call() sdk.Call { return r.callOf(r.host) }

// callOf is the common part of a request on behalf of a connection.
func (r *run) callOf(k *kept) sdk.Call {
	return sdk.Call{
		Config:      r.suite.Config,
		Now:         r.suite.Now,
		UserPresent: true,
		Language:    "en_US",
		Secret:      k.last(),
		SaveSecret:  k.save,
	}
}

// anew ends the provider's process and goes on with one that was begun anew; false,
// with a problem noted, where that fails.
func (r *run) anew() bool {
	p, err := r.suite.Restart()
	if err != nil {
		r.problem("it cannot be begun anew: %v", err)
		return false
	}
	r.provider = p
	return true
}
