package io.ottla.broker.request;

import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.controller.FinalizedFeatures;
import io.ottla.protocol.message.ApiVersionsResponse;
import io.ottla.protocol.message.ApiVersionsResponse.FinalizedFeatureKey;
import io.ottla.protocol.message.ApiVersionsResponse.SupportedFeatureKey;

/** The features in an answer to ApiVersions. */
final class FeatureList {
    private static final short FIRST_VERSION = 3;
    /** Clients that ask for less fail on a feature that may be disabled (KAFKA-17011). */
    private static final short LEVEL_0_VERSION = 4;

    private FeatureList() {}

    static void add(ApiVersionsResponse response, short version, FinalizedFeatures finalized) {
        if (version < FIRST_VERSION) {
            return;
        }
        ClusterFeatures.supported().forEach((name, range) -> {
            if (range.lowest() > 0 || version >= LEVEL_0_VERSION) {
                response.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(name)
                                .setMinVersion((short) range.lowest())
                                .setMaxVersion((short) range.highest()));
            }
        });
        response.setFinalizedFeaturesEpoch(finalized.epoch());
        finalized.levels().forEach((name, level) -> response.finalizedFeatures()
                .add(new FinalizedFeatureKey()
                        .setName(name)
                        .setMinVersionLevel(level.shortValue())
                        .setMaxVersionLevel(level.shortValue())));
    }
}
