package io.ottla.compat.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Well-formed requests with random content, of every API and version that Apache Kafka's own schemas have. Confined to
 * its thread; the seed decides everything.
 */
final class RandomRequests {

    private static final int MAX_ELEMENTS = 3;
    private static final int MAX_RECORDS_BYTES = 200;
    private static final String[] STRINGS = {"", "a", "topic", "group-1", "__strange", "ünï¢ode", "a b"};
    private static final int[] INTS = {0, 1, -1, 2, 3, 100, Integer.MAX_VALUE, Integer.MIN_VALUE};

    /** One request in so many may be of any API or version, the others are of those that the broker serves. */
    private static final int ANY_KIND_ONE_IN = 10;

    private final Random random;
    private final List<Kind> kinds = new ArrayList<>();
    private final List<Kind> servedKinds = new ArrayList<>();

    private record Kind(ApiMessageType api, short version) {}

    /** Versions that a broker serves, both ends inclusive. */
    record VersionRange(short lowest, short highest) {

        boolean contains(short version) {
            return lowest <= version && version <= highest;
        }
    }

    /**
     * Requests of all APIs but some, which a broker would rightly obey at great length.
     *
     * @param served mostly these, by API key, so that requests get beyond the look at their version
     */
    RandomRequests(Random random, Set<ApiMessageType> excluded, Map<Short, VersionRange> served) {
        this.random = random;
        for (ApiMessageType api : ApiMessageType.values()) {
            for (short version = api.lowestSupportedVersion();
                    version <= api.highestSupportedVersion(true);
                    version++) {
                if (!excluded.contains(api) && api.requestSchemas()[version] != null) {
                    Kind kind = new Kind(api, version);
                    kinds.add(kind);
                    VersionRange range = served.get(api.apiKey());
                    if (range != null && range.contains(version)) {
                        servedKinds.add(kind);
                    }
                }
            }
        }
    }

    /** The next request, header included, without length prefix. */
    byte[] next(int correlationId) {
        List<Kind> choice = random.nextInt(ANY_KIND_ONE_IN) == 0 || servedKinds.isEmpty() ? kinds : servedKinds;
        Kind kind = choice.get(random.nextInt(choice.size()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeShort(kind.api.apiKey());
            out.writeShort(kind.version);
            out.writeInt(correlationId);
            short headerVersion = kind.api.requestHeaderVersion(kind.version);
            if (headerVersion >= 1) {
                writeString(out, "fuzz", false);
            }
            if (headerVersion >= 2) {
                out.writeByte(0);
            }
            writeSchema(out, kind.api.requestSchemas()[kind.version]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void writeSchema(DataOutputStream out, Schema schema) throws IOException {
        for (BoundField field : schema.fields()) {
            write(out, field.def);
        }
    }

    private void write(DataOutputStream out, Field field) throws IOException {
        Type type = field.type;
        if (type instanceof TaggedFields tagged) {
            writeTagged(out, tagged);
        } else if (type instanceof NullableSchema nullable) {
            boolean present = random.nextBoolean();
            out.writeByte(present ? 1 : -1);
            if (present) {
                writeSchema(out, nullable);
            }
        } else if (type instanceof Schema schema) {
            writeSchema(out, schema);
        } else if (type.isArray()) {
            writeArray(out, field);
        } else {
            writePrimitive(out, field);
        }
    }

    private void writeTagged(DataOutputStream out, TaggedFields tagged) throws IOException {
        TreeMap<Integer, Field> chosen = new TreeMap<>(tagged.fields());
        chosen.values().removeIf(field -> random.nextBoolean());
        writeVarint(out, chosen.size());
        for (Map.Entry<Integer, Field> entry : chosen.entrySet()) {
            ByteArrayOutputStream value = new ByteArrayOutputStream();
            write(new DataOutputStream(value), entry.getValue());
            writeVarint(out, entry.getKey());
            writeVarint(out, value.size());
            value.writeTo(out);
        }
    }

    private void writeArray(DataOutputStream out, Field field) throws IOException {
        boolean compact = field.type instanceof CompactArrayOf;
        boolean isNull = field.type.isNullable() && random.nextInt(5) == 0;
        int count = isNull ? -1 : random.nextInt(MAX_ELEMENTS + 1);
        writeCount(out, count, compact);
        Field element = new Field(field.name, field.type.arrayElementType().orElseThrow());
        for (int i = 0; i < count; i++) {
            write(out, element);
        }
    }

    private void writePrimitive(DataOutputStream out, Field field) throws IOException {
        Type type = field.type;
        if (type == Type.BOOLEAN) {
            out.writeByte(random.nextInt(2));
        } else if (type == Type.INT8) {
            out.writeByte(anInt(field));
        } else if (type == Type.INT16 || type == Type.UINT16) {
            out.writeShort(anInt(field));
        } else if (type == Type.INT32 || type == Type.UNSIGNED_INT32) {
            out.writeInt(anInt(field));
        } else if (type == Type.INT64) {
            out.writeLong(anInt(field));
        } else if (type == Type.FLOAT64) {
            out.writeDouble(random.nextDouble());
        } else if (type == Type.UUID) {
            out.writeLong(random.nextInt(2));
            out.writeLong(random.nextInt(3));
        } else if (type == Type.VARINT || type == Type.VARLONG) {
            writeVarint(out, random.nextInt(100));
        } else {
            writeText(out, type);
        }
    }

    private void writeText(DataOutputStream out, Type type) throws IOException {
        boolean isNull = type.isNullable() && random.nextInt(5) == 0;
        boolean compact = type == Type.COMPACT_STRING
                || type == Type.COMPACT_NULLABLE_STRING
                || type == Type.COMPACT_BYTES
                || type == Type.COMPACT_NULLABLE_BYTES
                || type == Type.COMPACT_RECORDS
                || type == Type.COMPACT_NULLABLE_RECORDS;
        boolean isString = type == Type.STRING
                || type == Type.NULLABLE_STRING
                || type == Type.COMPACT_STRING
                || type == Type.COMPACT_NULLABLE_STRING;
        if (isString && !isNull) {
            writeString(out, STRINGS[random.nextInt(STRINGS.length)], compact);
        } else if (isString) {
            if (compact) {
                out.writeByte(0);
            } else {
                out.writeShort(-1);
            }
        } else if (isNull) {
            writeCount(out, -1, compact);
        } else {
            byte[] bytes = new byte[random.nextInt(MAX_RECORDS_BYTES)];
            random.nextBytes(bytes);
            writeCount(out, bytes.length, compact);
            out.write(bytes);
        }
    }

    /** Times are short, so that answers come, and sizes of orders small: a broker may rightly take long over others. */
    private int anInt(Field field) {
        if (field.name.endsWith("_ms") || field.name.equals("num_partitions") || field.name.equals("count")) {
            return random.nextInt(4);
        }
        return random.nextInt(4) == 0 ? random.nextInt() : INTS[random.nextInt(INTS.length)];
    }

    private static void writeString(DataOutputStream out, String text, boolean compact) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (compact) {
            writeVarint(out, bytes.length + 1);
        } else {
            out.writeShort(bytes.length);
        }
        out.write(bytes);
    }

    private static void writeCount(DataOutputStream out, int count, boolean compact) throws IOException {
        if (compact) {
            writeVarint(out, count + 1);
        } else {
            out.writeInt(count);
        }
    }

    private static void writeVarint(DataOutputStream out, int value) throws IOException {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte(rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
