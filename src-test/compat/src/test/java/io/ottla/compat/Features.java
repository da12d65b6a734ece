package io.ottla.compat;

import io.ottla.process.BrokerProcess;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;

/** The features of a cluster, by the Java client. */
final class Features {
    static final String TRANSACTION_VERSION = "transaction.version";

    private Features() {}

    static void raiseTransactionVersion(BrokerProcess broker, int level) {
        update(broker, level, FeatureUpdate.UpgradeType.UPGRADE);
    }

    static void lowerTransactionVersion(BrokerProcess broker, int level) {
        update(broker, level, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
    }

    private static void update(BrokerProcess broker, int level, FeatureUpdate.UpgradeType type) {
        try (Admin admin = Clients.admin(broker)) {
            Clients.get(admin.updateFeatures(
                            Map.of(TRANSACTION_VERSION, new FeatureUpdate((short) level, type)),
                            new UpdateFeaturesOptions())
                    .all());
        }
    }

    /** What the broker says of it; 0 if it is not finalized. */
    static int transactionVersion(BrokerProcess broker) {
        try (Admin admin = Clients.admin(broker)) {
            FinalizedVersionRange level = Clients.get(admin.describeFeatures().featureMetadata())
                    .finalizedFeatures()
                    .get(TRANSACTION_VERSION);
            return level == null ? 0 : level.maxVersionLevel();
        }
    }
}
