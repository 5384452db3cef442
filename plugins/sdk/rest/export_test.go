package rest

import (
	"context"
	"time"
)

// Sleep lets a service pause as the test wants.
func (s *Service) Sleep(f func(ctx context.Context, long time.Duration) error) { s.sleep = f }

// Until and WaitOf read headers.
var (
	Until  = until
	WaitOf = waitOf
)
