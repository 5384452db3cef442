package wire

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func callToWire(c sdk.Call) *pb.Call {
	return &pb.Call{
		Config:      c.Config,
		Now:         timeToWire(c.Now),
		UserPresent: c.UserPresent,
		UserIp:      c.UserIP,
		Language:    c.Language,
		Secret:      c.Secret,
	}
}

func callFromWire(c *pb.Call, save func([]byte) error) (sdk.Call, error) {
	now, err := timeFromWire("now", c.GetNow())
	if err != nil {
		return sdk.Call{}, refused(err)
	}
	return sdk.Call{
		Config:      c.GetConfig(),
		Now:         now,
		UserPresent: c.GetUserPresent(),
		UserIP:      c.GetUserIp(),
		Language:    c.GetLanguage(),
		Secret:      c.GetSecret(),
		SaveSecret:  save,
	}, nil
}

// keeper holds the last secret that a provider saved during a unary call,
// until the answer takes it along.
type keeper struct {
	mu     sync.Mutex
	secret []byte // nil: none was saved
	taken  bool
}

// save keeps a copy. Once the answer is on its way it is too late: the error
// tells the provider so.
func (k *keeper) save(secret []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.taken {
		return fmt.Errorf("save secret: the call is over")
	}
	k.secret = append(make([]byte, 0, len(secret)), secret...)
	return nil
}

// take returns what was saved, nil when nothing was, and ends the keeping.
func (k *keeper) take() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.taken = true
	return k.secret
}

// saveSecret makes a secret that came with an answer durable at the caller.
func saveSecret(call sdk.Call, secret []byte) error {
	if secret == nil {
		return nil
	}
	if call.SaveSecret == nil {
		return sdk.Errorf(sdk.Internal, "the provider sent a new secret, but the call gives no place to keep it")
	}
	if err := call.SaveSecret(bytes.Clone(secret)); err != nil {
		return &sdk.Error{Kind: sdk.Internal, Message: "the connection's new secret could not be kept", Cause: err}
	}
	return nil
}
