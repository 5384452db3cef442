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
