package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.message.UpdateFeaturesRequest.FeatureUpdateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: features are finalized only where every broker can live with them, all of a request or none, and every broker hears
 * of it. Method: a controller on a real ZooKeeper; the brokers of {@link TestEnsemble} support levels 0 to 2 of one feature.
 */
class FeatureUpdatesTest {
    private static final String FEATURE = TestEnsemble.FEATURE;
    private static final int UPGRADE = 1;
    private static final int SAFE_DOWNGRADE = 2;
    private static final int UNSAFE_DOWNGRADE = 3;

    @RegisterExtension
    static final TestEnsemble ensemble = new TestEnsemble();

    private final List<FinalizedFeatures> told = new CopyOnWriteArrayList<>();
    private Node node;

    @BeforeEach
    void start() {
        ensemble.ottlaOnly.set(true);
        node = ensemble.node(1, new TestBrokers());
        await(new FeatureFollower(node.session(), told::add).start(told::add));
    }

    private static FeatureUpdateKey to(String feature, int level, int type) {
        return new FeatureUpdateKey()
                .setFeature(feature)
                .setMaxVersionLevel((short) level)
                .setUpgradeType((byte) type);
    }

    private void update(FeatureUpdateKey... updates) {
        var response = await(node.controller()
                .updateFeatures(new UpdateFeaturesRequest().setFeatureUpdates(new ArrayList<>(List.of(updates)))));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.NONE.code());
        assertThat(response.results()).hasSameSizeAs(updates).allMatch(result -> result.errorCode() == 0);
    }

    private void assertRefused(ErrorCode error, String message, FeatureUpdateKey... updates) {
        String before = stored();
        assertThatThrownBy(() -> update(updates))
                .rootCause()
                .isInstanceOfSatisfying(ApiException.class, refusal -> assertThat(refusal.error())
                        .isEqualTo(error))
                .hasMessageContaining(message);
        assertThat(stored()).isEqualTo(before);
    }

    private String stored() {
        return new String(
                await(node.session().get(FeatureNode.PATH)).orElseThrow().data(), UTF_8);
    }

    @Test
    void aFeatureIsRaisedAndLoweredAndGoneAtLevelZero() {
        assertThat(stored()).isEqualTo("{\"features\":{},\"version\":2,\"status\":1}");
        update(to(FEATURE, 2, UPGRADE));
        assertThat(stored())
                .isEqualTo("{\"features\":{\"" + FEATURE + "\":{\"max_version_level\":2}},\"version\":2,\"status\":1}");
        update(to(FEATURE, 2, UPGRADE));
        update(to(FEATURE, 1, SAFE_DOWNGRADE));
        assertThat(stored()).contains("\"max_version_level\":1");
        update(to(FEATURE, 0, UNSAFE_DOWNGRADE));
        assertThat(stored()).isEqualTo("{\"features\":{},\"version\":2,\"status\":1}");
        update(new FeatureUpdateKey().setFeature(FEATURE).setMaxVersionLevel((short) 1));
        update(new FeatureUpdateKey()
                .setFeature(FEATURE)
                .setMaxVersionLevel((short) 0)
                .setAllowDowngrade(true));
        assertThat(stored()).isEqualTo("{\"features\":{},\"version\":2,\"status\":1}");
    }

    @Test
    void everyBrokerHearsOfItInOrder() {
        ZooKeeperSession other = ensemble.session();
        List<FinalizedFeatures> toldElsewhere = new CopyOnWriteArrayList<>();
        await(new FeatureFollower(other, toldElsewhere::add).start(toldElsewhere::add));
        update(to(FEATURE, 1, UPGRADE));
        assertThat(told.get(told.size() - 1).level(FEATURE))
                .as("the controller's own broker knows when the answer leaves")
                .isEqualTo(1);
        update(to(FEATURE, 2, UPGRADE));
        await("the other broker")
                .until(() -> toldElsewhere.get(toldElsewhere.size() - 1).level(FEATURE) == 2);
        assertThat(toldElsewhere).isSortedAccordingTo((a, b) -> Long.compare(a.epoch(), b.epoch()));
        FinalizedFeatures last = toldElsewhere.get(toldElsewhere.size() - 1);
        assertThat(last).isEqualTo(new FinalizedFeatures(2, new TreeMap<>(Map.of(FEATURE, 2))));
    }

    @Test
    void whoOnlyAsksChangesNothing() {
        String before = stored();
        await(node.controller()
                .updateFeatures(new UpdateFeaturesRequest()
                        .setValidateOnly(true)
                        .setFeatureUpdates(List.of(to(FEATURE, 2, UPGRADE)))));
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void theWrongDirectionIsRefused() {
        update(to(FEATURE, 2, UPGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "takes a downgrade", to(FEATURE, 1, UPGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "takes a downgrade", to(FEATURE, 0, UPGRADE));
        update(to(FEATURE, 1, SAFE_DOWNGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "takes an upgrade", to(FEATURE, 2, SAFE_DOWNGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "not known", to(FEATURE, 2, 9));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "lower than 0", to(FEATURE, -1, UNSAFE_DOWNGRADE));
    }

    @Test
    void whatABrokerDoesNotSupportIsRefusedAndTheRestOfTheRequestWithIt() {
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "supports levels", to(FEATURE, 3, UPGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "other.version", to("other.version", 1, UPGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "No broker", to("other.version", 0, SAFE_DOWNGRADE));
        assertRefused(
                ErrorCode.INVALID_UPDATE_VERSION,
                "other.version",
                to(FEATURE, 2, UPGRADE),
                to("other.version", 1, UPGRADE));
        assertRefused(ErrorCode.INVALID_REQUEST, "twice", to(FEATURE, 2, UPGRADE), to(FEATURE, 1, UPGRADE));
    }

    @Test
    void withoutTheOperatorsWordThereIsNoUpgradeButADowngrade() {
        update(to(FEATURE, 1, UPGRADE));
        ensemble.ottlaOnly.set(false);
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "cluster.ottla.only=true", to(FEATURE, 2, UPGRADE));
        update(to(FEATURE, 0, SAFE_DOWNGRADE));
        assertRefused(ErrorCode.INVALID_UPDATE_VERSION, "cluster.ottla.only=true", to(FEATURE, 1, UPGRADE));
    }
}
