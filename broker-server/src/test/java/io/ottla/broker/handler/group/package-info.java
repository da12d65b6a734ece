/** Tests of the group APIs as the request pipeline calls them. */
@NullMarked
package io.ottla.broker.handler.group;

import org.jspecify.annotations.NullMarked;
