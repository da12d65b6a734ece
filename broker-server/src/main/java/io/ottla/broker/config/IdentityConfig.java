package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofString;

import org.jspecify.annotations.Nullable;

/** Who this broker is: its id, how an id is generated, and where it stands. Immutable. */
public final class IdentityConfig {
    static final ConfigKey<Integer> BROKER_ID = ofInt("broker.id", -1)
            .high()
            .implemented(
                    "The number of this broker within its cluster; -1 asks for a generated one, which is kept in meta.properties.");
    static final ConfigKey<Integer> NODE_ID = ofInt("node.id", -1)
            .high()
            .implemented("KRaft's name for broker.id: either sets the other, and both must agree.");
    static final ConfigKey<Boolean> BROKER_ID_GENERATION_ENABLE = ofBoolean("broker.id.generation.enable", true)
            .implemented(
                    "Whether a broker without broker.id takes an id above reserved.broker.max.id that ZooKeeper hands out.");
    static final ConfigKey<Integer> RESERVED_BROKER_MAX_ID = ofInt("reserved.broker.max.id", 1000)
            .atLeast(0)
            .implemented("The largest id an operator may choose; generated ids start above it.");
    static final ConfigKey<String> BROKER_RACK = ofString("broker.rack", null)
            .implemented("The failure zone of this broker; replicas of a partition are spread over racks.");
    static final ConfigKey<Boolean> CONFIG_STRICT = ofBoolean("config.strict", false)
            .from(ConfigKey.Origin.OTTLA)
            .implemented("Whether an unknown property is an error instead of a warning.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Identity",
            "Who this broker is: its id, how an id is generated, and where it stands.",
            BROKER_ID,
            NODE_ID,
            BROKER_ID_GENERATION_ENABLE,
            RESERVED_BROKER_MAX_ID,
            BROKER_RACK,
            CONFIG_STRICT);

    private final ConfigValues values;

    IdentityConfig(ConfigValues values) {
        this.values = values;
    }

    /** The number of this broker within its cluster; -1 asks for a generated one, which is kept in meta.properties. */
    public int id() {
        return values.get(BROKER_ID);
    }

    /** The largest id an operator may choose; generated ids start above it. */
    public int reservedMaxId() {
        return values.get(RESERVED_BROKER_MAX_ID);
    }

    /** The failure zone of this broker; replicas of a partition are spread over racks. */
    public @Nullable String rack() {
        return values.orNull(BROKER_RACK);
    }

    /** Whether an unknown property is an error instead of a warning. */
    public boolean strict() {
        return values.get(CONFIG_STRICT);
    }
}
