package io.ottla.protocol.generator;

import java.util.List;

/**
 * One message schema.
 *
 * @param type request, response, header, data, metadata, coordinator-key or coordinator-value
 * @param apiKey the key of a request or response, the record type of a coordinator record, or -1
 * @param root the fields of the message itself
 * @param structs all structs inside, nested and common ones alike
 * @param latestVersionUnstable whether the highest version is not to be advertised
 */
public record Schema(
        String name,
        String type,
        int apiKey,
        Versions valid,
        Versions flexible,
        List<String> listeners,
        boolean latestVersionUnstable,
        Struct root,
        List<Struct> structs) {

    public Struct struct(String structName) {
        return structs.stream()
                .filter(struct -> struct.name().equals(structName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " has no struct " + structName));
    }

    boolean isRequest() {
        return type.equals("request");
    }

    boolean isRequestOrResponse() {
        return isRequest() || type.equals("response");
    }
}
