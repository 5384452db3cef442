package wire

import (
	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func callToWire(c sdk.Call, id string) *pb.Call {
	return &pb.Call{
		Id:          id,
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

// saveSecret makes a new secret durable at the caller.
func saveSecret(call sdk.Call, secret []byte) error {
	if call.SaveSecret == nil {
		return sdk.Errorf(sdk.Internal, "the provider sent a new secret, but the call gives no place to keep it")
	}
	if err := call.SaveSecret(secret); err != nil {
		return &sdk.Error{Kind: sdk.Internal, Message: "the connection's new secret could not be kept", Cause: err}
	}
	return nil
}
