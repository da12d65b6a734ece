package io.ottla.protocol.message;

import io.netty.buffer.Unpooled;
import io.ottla.protocol.generator.Field;
import io.ottla.protocol.generator.FieldType;
import io.ottla.protocol.generator.Schema;
import io.ottla.protocol.generator.Struct;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.BufferRecords;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Fills messages with random values in every field that a version has; the other fields keep their defaults. */
final class RandomMessages {
    private static final String[] TEXTS = {
        "", "a", "topic-1", "Füße", "日本語", "🦆🦢", "x".repeat(126), "y".repeat(127), "ß".repeat(300)
    };

    private final Random random;
    private final Map<String, Method> setters = new HashMap<>();

    RandomMessages(long seed) {
        this.random = new Random(seed);
    }

    ApiMessage next(Schema schema, short version) {
        ApiMessage message = Schemas.newMessage(schema);
        fill(message, schema, schema.root(), version);
        return message;
    }

    private void fill(Object target, Schema schema, Struct struct, short version) {
        for (Field field : struct.fields()) {
            boolean isLeftAtDefault = field.tagged().contains(version) && random.nextInt(3) == 0;
            if (field.versions().contains(version) && !isLeftAtDefault) {
                set(target, field, fieldValue(target, schema, field, version));
            }
        }
    }

    private Object fieldValue(Object owner, Schema schema, Field field, short version) {
        if (field.nullable().contains(version) && random.nextInt(4) == 0) {
            return null;
        }
        FieldType type = field.type();
        if (!type.isArray()) {
            return value(owner, schema, type, version);
        }
        int count = random.nextInt(20) == 0 ? 130 : random.nextInt(4);
        boolean isLarge = type.structName() != null && count > 4;
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < (isLarge ? 5 : count); i++) {
            list.add(value(owner, schema, type, version));
        }
        return list;
    }

    private Object value(Object owner, Schema schema, FieldType type, short version) {
        return switch (type.kind()) {
            case BOOL -> random.nextBoolean();
            case INT8 -> (byte) random.nextInt();
            case INT16 -> (short) random.nextInt();
            case UINT16 -> random.nextInt(1 << 16);
            case INT32 -> random.nextInt();
            case UINT32 -> random.nextLong() & 0xFFFF_FFFFL;
            case INT64 -> random.nextLong();
            case FLOAT64 -> random.nextDouble();
            case UUID -> random.nextInt(4) == 0 ? new UUID(0, 0) : new UUID(random.nextLong(), random.nextLong());
            case STRING -> TEXTS[random.nextInt(TEXTS.length)];
            case BYTES -> bytes();
            case RECORDS -> BufferRecords.borrow(Unpooled.wrappedBuffer(bytes()));
            case STRUCT -> struct(owner, schema, type.structName(), version);
        };
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? 3000 : random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Object struct(Object owner, Schema schema, String name, short version) {
        Class<?> top = owner.getClass().getNestHost();
        try {
            Object struct =
                    Class.forName(top.getName() + "$" + name).getConstructor().newInstance();
            fill(struct, schema, schema.struct(name), version);
            return struct;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void set(Object target, Field field, Object value) {
        Class<?> type = target.getClass();
        Method setter = setters.computeIfAbsent(type.getName() + "." + field.name(), key -> setter(type, field));
        try {
            setter.invoke(target, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Method setter(Class<?> type, Field field) {
        String name = "set" + Character.toUpperCase(field.name().charAt(0))
                + field.name().substring(1);
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name)) {
                return method;
            }
        }
        throw new AssertionError(type + " has no " + name);
    }
}
