package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.BrokerRegistration.ConflictException;
import io.ottla.controller.zk.NodeStat;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.Endpoint;
import io.ottla.controller.znode.Endpoint.Protocol;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a broker registers, keeps its registration, and stands its ground against others. */
class BrokerRegistrationTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1234), ZoneOffset.UTC);

    private ZooKeeperSession session;

    @BeforeEach
    void start() {
        session = ensemble.session();
    }

    @Test
    void registersWithTheCreationOfItsNodeAsEpoch() {
        BrokerRegistration registration = new BrokerRegistration(session, CLOCK, TestEnsemble.identity(1));
        long epoch = await(registration.start());
        NodeStat stat = await(session.exists(BrokerIdNode.path(1))).orElseThrow();
        assertThat(epoch).isEqualTo(stat.czxid()).isEqualTo(registration.brokerEpoch());
        assertThat(stat.ephemeralOwner()).isEqualTo(session.sessionId());
        BrokerIdNode written = BrokerIdNode.decode(
                1, await(session.get(BrokerIdNode.path(1))).orElseThrow().data());
        assertThat(written.timestampMs()).isEqualTo(1234);
    }

    @Test
    void replacesAtOnceWhatAKilledRunOfTheSameBrokerLeft() {
        ZooKeeperSession killed = ensemble.session();
        long before = await(new BrokerRegistration(killed, CLOCK, TestEnsemble.identity(1)).start());
        BrokerRegistration restarted = new BrokerRegistration(session, CLOCK, TestEnsemble.identity(1));
        assertThat(await(restarted.start())).isGreaterThan(before);
        assertThat(await(session.exists(BrokerIdNode.path(1))).orElseThrow().ephemeralOwner())
                .isEqualTo(session.sessionId());
    }

    @Test
    void givesWayToAProcessThatHasTakenItsPlace() {
        BrokerRegistration first = new BrokerRegistration(ensemble.session(), CLOCK, TestEnsemble.identity(1));
        await(first.start());
        ZooKeeperSession taking = ensemble.session();
        long taken = await(new BrokerRegistration(taking, CLOCK, TestEnsemble.identity(1)).start());
        await().until(() -> first.brokerEpoch() == BrokerRegistration.NOT_REGISTERED);
        assertThat(await(session.exists(BrokerIdNode.path(1))).orElseThrow().czxid())
                .isEqualTo(taken);
        taking.close();
        await().until(() -> first.brokerEpoch() > taken);
    }

    @Test
    void refusesAnIdThatAnotherBrokerHolds() {
        await(new BrokerRegistration(ensemble.session(), CLOCK, TestEnsemble.identity(1)).start());
        BrokerIdNode other = new BrokerIdNode(
                1, List.of(new Endpoint("PLAINTEXT", "elsewhere", 9092, Protocol.PLAINTEXT)), null, -1, 0);
        assertThatThrownBy(() -> await(new BrokerRegistration(session, CLOCK, other).start()))
                .cause()
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("broker.id 1 is in use")
                .hasMessageContaining("host1:9092");
    }

    @Test
    void refusesAnEndpointThatAnotherBrokerHolds() {
        await(new BrokerRegistration(ensemble.session(), CLOCK, TestEnsemble.identity(1)).start());
        BrokerIdNode other = new BrokerIdNode(2, TestEnsemble.identity(1).endpoints(), null, -1, 0);
        assertThatThrownBy(() -> await(new BrokerRegistration(session, CLOCK, other).start()))
                .cause()
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("registered by broker 1");
    }

    @Test
    void registersAgainWithANewEpochAfterEveryLostSession() {
        BrokerRegistration registration = new BrokerRegistration(session, CLOCK, TestEnsemble.identity(1));
        long epoch = await(registration.start());
        for (int i = 0; i < 2; i++) {
            long before = epoch;
            ensemble.server().expireSession(session.sessionId());
            await().until(() -> registration.brokerEpoch() > before);
            epoch = registration.brokerEpoch();
        }
        assertThat(await(session.exists(BrokerIdNode.path(1))).orElseThrow().czxid())
                .isEqualTo(epoch);
    }

    @Test
    void registersAgainWhenItsNodeIsDeleted() {
        BrokerRegistration registration = new BrokerRegistration(session, CLOCK, TestEnsemble.identity(1));
        long epoch = await(registration.start());
        await(ensemble.session().delete(BrokerIdNode.path(1), ZooKeeperSession.ANY_VERSION));
        await().until(() -> registration.brokerEpoch() > epoch);
    }

    @Test
    void completesTheRootsOfAClusterThatHasSomeOfThem() {
        await(session.delete("/config/ips", ZooKeeperSession.ANY_VERSION));
        await(session.delete("/config/users", ZooKeeperSession.ANY_VERSION));
        await(ClusterLayout.createRoots(session));
        assertThat(await(session.children("/config"))).contains("ips", "users", "topics");
    }

    @Test
    void agreesOnOneClusterIdAndGivesEachBrokerAnIdOfItsOwn() {
        assertThat(await(ClusterLayout.clusterId(session, "first"))).isEqualTo("first");
        assertThat(await(ClusterLayout.clusterId(session, "second"))).isEqualTo("first");
        assertThat(await(ClusterLayout.nextBrokerId(session, 1000))).isEqualTo(1001);
        assertThat(await(ClusterLayout.nextBrokerId(session, 1000))).isEqualTo(1002);
    }
}
