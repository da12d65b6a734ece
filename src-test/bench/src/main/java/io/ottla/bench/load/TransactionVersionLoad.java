package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;

/** Has a broker use a newer protocol of transactions, if it knows that. */
final class TransactionVersionLoad implements Load {
    private static final String FEATURE = "transaction.version";

    private final LoadSpec.RaiseTransactionVersion spec;

    TransactionVersionLoad(LoadSpec.RaiseTransactionVersion spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        UsageMeter meter = UsageMeter.start(processes);
        try (Admin admin = Clients.admin(spec.bootstrap())) {
            FeatureMetadata known = admin.describeFeatures().featureMetadata().get();
            SupportedVersionRange supported = known.supportedFeatures().get(FEATURE);
            double level = finalized(known);
            if (supported != null && supported.maxVersion() >= spec.level() && level < spec.level()) {
                FeatureUpdate update = new FeatureUpdate((short) spec.level(), UpgradeType.UPGRADE);
                admin.updateFeatures(Map.of(FEATURE, update), new UpdateFeaturesOptions())
                        .all()
                        .get();
                level = spec.level();
            }
            return new LoadResult(0, 0, 0, meter.stop(), Map.of(Figures.TRANSACTION_VERSION, level), Map.of());
        }
    }

    private static double finalized(FeatureMetadata known) {
        FinalizedVersionRange level = known.finalizedFeatures().get(FEATURE);
        return level == null ? 0 : level.maxVersionLevel();
    }
}
