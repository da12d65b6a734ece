package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.Ticker;
import io.ottla.broker.config.QuotaConfig;
import io.ottla.broker.config.ReplicationRates;
import io.ottla.replication.quota.FollowerThrottle;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;

/**
 * How fast replicas may be copied from, to and within this broker.
 *
 * @param serving for what others copy from here
 * @param copying for what is copied from others
 * @param moving for what moves between log directories
 */
record Throttles(ReplicationThrottle serving, ReplicationThrottle copying, ReplicationThrottle moving) {

    static Throttles of(QuotaConfig config, Ticker ticker) {
        return new Throttles(
                new ReplicationThrottle(ticker, config.replicationWindows(), config.replicationWindowSeconds()),
                new ReplicationThrottle(ticker, config.replicationWindows(), config.replicationWindowSeconds()),
                new ReplicationThrottle(ticker, config.moveWindows(), config.moveWindowSeconds()));
    }

    void limit(ReplicationRates rates) {
        serving.limit(rates.leader());
        copying.limit(rates.follower());
        moving.limit(rates.moves());
    }

    LeaderThrottle leader(int brokerId) {
        return new LeaderThrottle(serving, brokerId);
    }

    FollowerThrottle follower(int brokerId) {
        return new FollowerThrottle(copying, brokerId);
    }
}
