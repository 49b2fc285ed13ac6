/** @file The messages of onnx.proto (ONNX IR version 10) that a model is made of: field numbers, kinds and types. */

/** How a protobuf field is decoded. `floats`, `doubles` keep packed runs as bytes: they may be most of the file. */
type FieldKind = "int" | "float" | "string" | "bytes" | "ints" | "floats" | "doubles" | "strings" | "blobs" | "uints";

export interface Field {
  readonly name: string;
  readonly kind: FieldKind | "message" | "messages";
  readonly message?: MessageName;
}

const field = (name: string, kind: FieldKind): Field => ({ name, kind });
const message = (name: string, type: MessageName): Field => ({ name, kind: "message", message: type });
const messages = (name: string, type: MessageName): Field => ({ name, kind: "messages", message: type });

export type MessageName =
  | "Model"
  | "Graph"
  | "Node"
  | "Attribute"
  | "Tensor"
  | "ValueInfo"
  | "Type"
  | "TensorType"
  | "Shape"
  | "Dimension"
  | "OperatorSet"
  | "Entry"
  | "Function"
  | "Opaque";

/** Field number to field, per message. Fields that are not listed are skipped. */
export const schema: Readonly<Record<MessageName, Readonly<Record<number, Field>>>> = {
  Model: {
    1: field("irVersion", "int"),
    2: field("producerName", "string"),
    3: field("producerVersion", "string"),
    7: message("graph", "Graph"),
    8: messages("opsetImport", "OperatorSet"),
    14: messages("metadata", "Entry"),
    25: messages("functions", "Function"),
  },
  Graph: {
    1: messages("nodes", "Node"),
    2: field("name", "string"),
    5: messages("initializers", "Tensor"),
    11: messages("inputs", "ValueInfo"),
    12: messages("outputs", "ValueInfo"),
    15: messages("sparseInitializers", "Opaque"),
  },
  Node: {
    1: field("inputs", "strings"),
    2: field("outputs", "strings"),
    3: field("name", "string"),
    4: field("op", "string"),
    5: messages("attributes", "Attribute"),
    7: field("domain", "string"),
  },
  Attribute: {
    1: field("name", "string"),
    2: field("float", "float"),
    3: field("int", "int"),
    4: field("string", "bytes"),
    5: message("tensor", "Tensor"),
    6: message("graph", "Graph"),
    7: field("floats", "floats"),
    8: field("ints", "ints"),
    9: field("strings", "blobs"),
    20: field("type", "int"),
    21: field("reference", "string"),
  },
  Tensor: {
    1: field("dims", "ints"),
    2: field("dataType", "int"),
    4: field("floats", "floats"),
    5: field("int32s", "ints"),
    7: field("int64s", "ints"),
    8: field("name", "string"),
    9: field("raw", "bytes"),
    10: field("doubles", "doubles"),
    11: field("uint64s", "uints"),
    13: messages("external", "Entry"),
    14: field("location", "int"),
  },
  ValueInfo: { 1: field("name", "string"), 2: message("type", "Type") },
  Type: { 1: message("tensor", "TensorType") },
  TensorType: { 1: field("dataType", "int"), 2: message("shape", "Shape") },
  Shape: { 1: messages("dims", "Dimension") },
  Dimension: { 1: field("value", "int"), 2: field("parameter", "string") },
  OperatorSet: { 1: field("domain", "string"), 2: field("version", "int") },
  Entry: { 1: field("key", "string"), 2: field("value", "string") },
  Function: {
    1: field("name", "string"),
    4: field("inputs", "strings"),
    5: field("outputs", "strings"),
    6: field("attributeNames", "strings"),
    7: messages("nodes", "Node"),
    9: messages("opsetImport", "OperatorSet"),
    10: field("domain", "string"),
    11: messages("attributeDefaults", "Attribute"),
    13: field("overload", "string"),
  },
  Opaque: {},
};

export interface EntryProto {
  readonly key?: string;
  readonly value?: string;
}

export interface TensorProto {
  readonly dims?: readonly bigint[];
  readonly dataType?: bigint;
  readonly floats?: readonly Uint8Array[];
  readonly doubles?: readonly Uint8Array[];
  readonly int32s?: readonly bigint[];
  readonly int64s?: readonly bigint[];
  readonly uint64s?: readonly bigint[];
  readonly name?: string;
  readonly raw?: Uint8Array;
  readonly external?: readonly EntryProto[];
  readonly location?: bigint;
}

export interface AttributeProto {
  readonly name?: string;
  readonly float?: number;
  readonly int?: bigint;
  readonly string?: Uint8Array;
  readonly tensor?: TensorProto;
  readonly graph?: GraphProto;
  readonly floats?: readonly Uint8Array[];
  readonly ints?: readonly bigint[];
  readonly strings?: readonly Uint8Array[];
  readonly type?: bigint;
  readonly reference?: string;
}

export interface NodeProto {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly op?: string;
  readonly domain?: string;
  readonly attributes?: readonly AttributeProto[];
}

interface DimensionProto {
  readonly value?: bigint;
  readonly parameter?: string;
}

export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: { tensor?: { dataType?: bigint; shape?: { dims?: readonly DimensionProto[] } } };
}

export interface GraphProto {
  readonly name?: string;
  readonly nodes?: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  readonly sparseInitializers?: readonly unknown[];
  readonly inputs?: readonly ValueInfoProto[];
  readonly outputs?: readonly ValueInfoProto[];
}

interface OperatorSetProto {
  readonly domain?: string;
  readonly version?: bigint;
}

export interface FunctionProto {
  readonly name?: string;
  readonly domain?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributeNames?: readonly string[];
  readonly attributeDefaults?: readonly AttributeProto[];
  readonly nodes?: readonly NodeProto[];
  readonly opsetImport?: readonly OperatorSetProto[];
}

export interface ModelProto {
  readonly irVersion?: bigint;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph?: GraphProto;
  readonly opsetImport?: readonly OperatorSetProto[];
  readonly metadata?: readonly EntryProto[];
  readonly functions?: readonly FunctionProto[];
}
