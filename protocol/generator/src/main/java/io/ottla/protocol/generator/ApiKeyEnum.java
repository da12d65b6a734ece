package io.ottla.protocol.generator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the enum of all requests. */
final class ApiKeyEnum {
    static final String PACKAGE = "io.ottla.protocol.api";

    @SuppressWarnings("InlineFormatString") // a page of text reads better apart from the code
    private static final String FRAME = """
            package %s;

            import io.ottla.protocol.schema.ApiMessage;
            import java.util.EnumSet;
            import java.util.Set;
            import javax.annotation.processing.Generated;
            import org.jspecify.annotations.Nullable;

            /** The requests of the protocol, with the versions that their schemas have. */
            @Generated("%s")
            public enum ApiKey {
            %s;

                /** Who serves a request, as the schemas say; ZK_BROKER is a broker of a cluster with ZooKeeper. */
                public enum Listener {
                    BROKER,
                    CONTROLLER,
                    ZK_BROKER
                }

                private static final ApiKey[] BY_ID = new ApiKey[%d];

                static {
                    for (ApiKey key : values()) {
                        BY_ID[key.id] = key;
                    }
                }

                private final short id;
                private final short lowestVersion;
                private final short highestVersion;
                private final short flexibleSince;
                private final Set<Listener> listeners;

                ApiKey(
                        int id,
                        int lowestVersion,
                        int highestVersion,
                        int flexibleSince,
                        Set<Listener> listeners) {
                    this.id = (short) id;
                    this.lowestVersion = (short) lowestVersion;
                    this.highestVersion = (short) highestVersion;
                    this.flexibleSince = (short) flexibleSince;
                    this.listeners = listeners;
                }

                /** The key with this id, or null if there is none. */
                public static @Nullable ApiKey forId(int id) {
                    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
                }

                public short id() {
                    return id;
                }

                public short lowestVersion() {
                    return lowestVersion;
                }

                /** The highest version that may be advertised; a later one that is still in flux can be read. */
                public short highestVersion() {
                    return highestVersion;
                }

                public boolean isVersionSupported(short version) {
                    return lowestVersion <= version && version <= highestVersion;
                }

                /** The header before a request of {@code version}, which need not be known here. */
                public short requestHeaderVersion(short version) {
                    if (this == CONTROLLED_SHUTDOWN && version == 0) {
                        return 0;
                    }
                    return (short) (version >= flexibleSince ? 2 : 1);
                }

                /** The header before a response of {@code version}. */
                public short responseHeaderVersion(short version) {
                    return (short) (version >= flexibleSince && this != API_VERSIONS ? 1 : 0);
                }

                public ApiMessage newRequest() {
                    return switch (id) {
            %s
                        default -> throw new IllegalStateException("no request for " + this);
                    };
                }

                public ApiMessage newResponse() {
                    return switch (id) {
            %s
                        default -> throw new IllegalStateException("no response for " + this);
                    };
                }

                /** Immutable in use: not to be changed by the caller. */
                public Set<Listener> listeners() {
                    return listeners;
                }
            }
            """;

    private ApiKeyEnum() {}

    static String source(List<Schema> schemas) {
        List<Schema> requests = schemas.stream()
                .filter(Schema::isRequest)
                .sorted(Comparator.comparingInt(Schema::apiKey))
                .toList();
        String constants = requests.stream().map(ApiKeyEnum::constant).collect(Collectors.joining(",\n"));
        int ids = requests.get(requests.size() - 1).apiKey() + 1;
        return String.format(
                FRAME,
                PACKAGE,
                Generator.class.getName(),
                constants,
                ids,
                constructions(requests, "Request"),
                constructions(requests, "Response"));
    }

    /** A switch and not a field of each constant: two hundred method references would be linked at every start. */
    private static String constructions(List<Schema> requests, String suffix) {
        return requests.stream()
                .map(request -> "            case " + request.apiKey() + " -> new " + MessageClass.PACKAGE + "."
                        + baseName(request) + suffix + "();")
                .collect(Collectors.joining("\n"));
    }

    private static String baseName(Schema request) {
        return request.name().substring(0, request.name().length() - "Request".length());
    }

    private static String constant(Schema request) {
        int highest = request.valid().highest() - (request.latestVersionUnstable() ? 1 : 0);
        int flexibleSince = request.flexible().isEmpty()
                ? Short.MAX_VALUE
                : request.flexible().lowest();
        List<String> listeners = new ArrayList<>();
        request.listeners().forEach(listener -> listeners.add("Listener." + snakeCase(listener)));
        String set = listeners.isEmpty()
                ? "EnumSet.noneOf(Listener.class)"
                : "EnumSet.of(" + String.join(", ", listeners) + ")";
        return "    " + snakeCase(baseName(request)) + "("
                + String.join(
                        ", ",
                        Integer.toString(request.apiKey()),
                        Integer.toString(request.valid().lowest()),
                        Integer.toString(highest),
                        Integer.toString(flexibleSince),
                        set)
                + ")";
    }

    /** {@code OffsetForLeaderEpoch} becomes {@code OFFSET_FOR_LEADER_EPOCH}. */
    static String snakeCase(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }
}
